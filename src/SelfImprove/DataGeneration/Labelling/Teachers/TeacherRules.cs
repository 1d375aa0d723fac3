using System.Globalization;
using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Filters;
using SelfImprove.DataGeneration.Texts;

namespace SelfImprove.DataGeneration.Labelling.Teachers;

/// <summary>
/// Whom to ask next, and what the answers come to. Pure: from the manifest and the answers so far. Teachers nest; one that is reached twice
/// is asked once.
/// </summary>
internal sealed class TeacherRules
{
    private readonly Dictionary<string, TeacherSettings> _teachers;
    private readonly TeacherSettings _root;

    /// <summary>The rules of one teacher.</summary>
    /// <exception cref="ArgumentException">The manifest has no such teacher, or one that is a member of itself.</exception>
    public TeacherRules(AgentManifest manifest, string teacher)
    {
        _teachers = manifest.Teachers.ToDictionary(t => t.Name, StringComparer.Ordinal);
        _root = Get(teacher, "plan");
        All = Walk(_root, []).DistinctBy(t => t.Name).ToList();
    }

    /// <summary>The teacher and all its members, in the order in which they are asked.</summary>
    public IReadOnlyList<TeacherSettings> All { get; }

    /// <summary>What every item costs besides its answers: the prices of panels and cascades.</summary>
    public decimal PricePerItem => All.Where(t => t.Kind is TeacherKind.Panel or TeacherKind.Cascade).Sum(t => t.Price);

    /// <summary>The next step for an item.</summary>
    /// <param name="answers">Its answers by teacher.</param>
    public TeacherStep Next(IReadOnlyDictionary<string, TeacherAnswer> answers) => Next(_root, answers);

    private TeacherStep Next(TeacherSettings teacher, IReadOnlyDictionary<string, TeacherAnswer> answers) => teacher.Kind switch
    {
        TeacherKind.Panel => NextOfPanel(teacher, answers),
        TeacherKind.Cascade => NextOfCascade(teacher, answers),
        _ => answers.TryGetValue(teacher.Name, out var answer) ? Judge(teacher, answer) : new TeacherStep.Ask(teacher),
    };

    private static TeacherStep Judge(TeacherSettings teacher, TeacherAnswer answer)
    {
        if (answer.Output is null) return new TeacherStep.Refused(answer.Refusal ?? "no answer", answer.Source);
        return teacher.Kind == TeacherKind.Model && answer.Confidence < teacher.MinConfidence
            ? new TeacherStep.Refused(
                string.Create(CultureInfo.InvariantCulture,
                    $"{RowRefusal.LowConfidence}: {teacher.Name} is {answer.Confidence:0.00} sure, {teacher.MinConfidence:0.00} was asked for"), answer.Source)
            : new TeacherStep.Answered(answer);
    }

    private TeacherStep NextOfCascade(TeacherSettings cascade, IReadOnlyDictionary<string, TeacherAnswer> answers)
    {
        TeacherStep step = new TeacherStep.Refused($"{cascade.Name} has no members", $"teacher:{cascade.Name}");
        foreach (var member in cascade.Members)
        {
            step = Next(Get(member, cascade.Name), answers);
            if (step is not TeacherStep.Refused) return step;
        }
        return step;
    }

    private TeacherStep NextOfPanel(TeacherSettings panel, IReadOnlyDictionary<string, TeacherAnswer> answers)
    {
        var members = panel.Members.Select(m => Get(m, panel.Name)).ToList();
        var given = new List<TeacherAnswer>();
        foreach (var member in members.Where(m => m.Kind != TeacherKind.People))
        {
            switch (Next(member, answers))
            {
                case TeacherStep.Ask ask: return ask;
                case TeacherStep.Answered answered: given.Add(answered.Answer); break;
            }
        }
        if (given.Count >= 2 && given.Select(a => OutputKey.Of(a.Output!)).Distinct(StringComparer.Ordinal).Count() == 1)
            return new TeacherStep.Answered(given[0] with { Teacher = panel.Name, Source = $"teacher:{panel.Name}", Confidence = given.Max(a => a.Confidence) });
        if (members.FirstOrDefault(m => m.Kind == TeacherKind.People) is { } people) return Next(people, answers);
        return new TeacherStep.Refused($"{RowRefusal.Disagreement}: {given.Count} of {members.Count} members of {panel.Name} answered, and not alike",
            $"teacher:{panel.Name}");
    }

    private IEnumerable<TeacherSettings> Walk(TeacherSettings teacher, IReadOnlyList<string> above)
    {
        if (above.Contains(teacher.Name))
            throw new ArgumentException($"Teacher '{teacher.Name}' is a member of itself: {string.Join(" > ", above)} > {teacher.Name}.");
        return teacher.Kind is TeacherKind.Panel or TeacherKind.Cascade
            ? teacher.Members.SelectMany(m => Walk(Get(m, teacher.Name), [.. above, teacher.Name])).Prepend(teacher)
            : [teacher];
    }

    private TeacherSettings Get(string name, string by) => _teachers.TryGetValue(name, out var teacher)
        ? teacher
        : throw new ArgumentException($"The manifest has no teacher '{name}', which {by} names. It has: {string.Join(", ", _teachers.Keys.Order(StringComparer.Ordinal))}.");
}
