using System.Globalization;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Planning.Diagnosing;

/// <summary>
/// Whether people (or rows, or people and teachers) disagree about what is right: then more labels of the same kind teach nothing, and people have to say which counts.
/// </summary>
public static class LabelContradictions
{
    private const int FewestGiven = 20;
    private const int FewestCompared = 15;
    private const double MuchOfGiven = 0.2;
    private const double BeyondError = 0.1;
    private const double UsuallyWrong = 0.1;
    // Rows of real data sets that read alike and are labelled apart are some in a hundred.
    private const double UsualOfRows = 0.08;
    // How often a teacher that errs like its pupil sides with it where a person rightly corrected it.
    private const double UsuallySided = 0.3;
    private const double Doubt = 0.03;
    private const double Alpha = 0.005;
    private const double Hint = 0.2;

    /// <summary>What speaks for it, for a person; null where nothing does.</summary>
    internal static string? Of(DiagnosisFacts facts)
    {
        if (facts.Demonstrations is { Given: >= FewestGiven } given && given.Contradicting > MuchOfGiven * given.Given)
            return $"{given.Contradicting} of {given.Given} demonstrations contradict another one of the same input: ask people which is right.";
        var wrong = Math.Max(facts.WrongShare, UsuallyWrong);
        var amongPeople = new[]
        {
            Sign(facts.TaughtRepeats, UsualOfRows, "{1} of {0} rows that the champion was taught contradict another one of the same input"),
            Sign(facts.Repeats, wrong + BeyondError, "of {0} people who judged an answer that another one corrected, {1} hold it to be right"),
            Sign(facts.Verdicts, (2 * wrong * (1 - wrong)) + Doubt, "of {0} times that people judged the same answer to the same input again, they disagree {1} times"),
        }.OfType<(double P, string Words)>().ToList();
        // Where people agree with each other and not with the teacher, it is the teacher's fault.
        if (amongPeople.Count == 0 || amongPeople.Min(s => s.P) > Hint) return null;
        var signs = amongPeople.Concat(new[]
        {
            Sign(facts.Disputed, UsuallySided, "of {0} answers that people corrected, a teacher holds {1} to be right"),
            Sign(facts.PeopleAndTeacher, wrong + ((1 - (2 * wrong)) * (1 - facts.TeacherAccuracy)) + Doubt, "of {0} judgements of people, a teacher contradicts {1}"),
        }.OfType<(double P, string Words)>()).ToList();
        // Fisher's method (1925): signs that are weak each by itself are strong together. A sure one needs no others.
        var together = ChiSquare.UpperTail(-2 * signs.Sum(s => Math.Log(Math.Max(s.P, 1e-12))), 2 * signs.Count);
        if (together >= Alpha && signs.Min(s => s.P) >= Alpha / 20) return null;
        var said = string.Join("; ", signs.Where(s => s.P < 0.2).OrderBy(s => s.P).Select(s => s.Words));
        return $"{char.ToUpperInvariant(said[0])}{said[1..]}: ask people which is right.";
    }

    /// <summary>Texts in groups that read alike, by their place in the list; groups of one are left out.</summary>
    /// <param name="texts">Normalised texts.</param>
    /// <param name="similarity">The overlap of character 3-grams from which two read alike, (0,1].</param>
    public static IReadOnlyList<IReadOnlyList<int>> Alike(IReadOnlyList<string> texts, double similarity)
    {
        var index = new SimilarTextIndex(similarity);
        var groups = new List<List<int>>();
        var exact = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var i = 0; i < texts.Count; i++)
        {
            if (!exact.TryGetValue(texts[i], out var group))
            {
                group = index.FindNearest(texts[i]) is { } near ? groups[near.Index] : [];
                index.Add(texts[i]);
                groups.Add(group);
                exact[texts[i]] = group;
            }
            group.Add(i);
        }
        return [.. groups.Distinct().Where(g => g.Count > 1)];
    }

    /// <summary>Labels of inputs that were labelled at least twice, and how many of them are not their group's most frequent one.</summary>
    /// <param name="labelled">Normalised texts with their labels.</param>
    /// <param name="similarity">As of <see cref="Alike"/>.</param>
    public static LabelRepeats Count(IReadOnlyList<(string Text, string Label)> labelled, double similarity)
    {
        var (compared, contradicting) = (0, 0);
        foreach (var group in Alike([.. labelled.Select(l => l.Text)], similarity))
        {
            compared += group.Count;
            var labels = group.Select(i => labelled[i].Label).Distinct(StringComparer.Ordinal).Count();
            if (labels > 1) contradicting += group.Count;
        }
        return new LabelRepeats(compared, contradicting);
    }

    private static (double P, string Words)? Sign(LabelRepeats of, double usual, string words) => of.Compared < FewestCompared
        ? null
        : (Binomial.UpperTail(of.Contradicting, of.Compared, Math.Min(0.5, usual)), string.Format(CultureInfo.InvariantCulture, words, of.Compared, of.Contradicting));
}
