using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Filters;
using SelfImprove.DataGeneration.Labelling.Teachers;
using SelfImprove.DataGeneration.Texts;

namespace SelfImprove.DataGeneration.Inbox;

/// <summary>Counts what people said to one task.</summary>
internal static class PeopleVote
{
    /// <summary>The majority; a refusal on a tie, or where all skipped; null where nobody said anything.</summary>
    public static TeacherAnswer? Count(string item, TeacherSettings people, IReadOnlyList<InboxAnswer> answers)
    {
        if (answers.Count == 0) return null;
        var given = answers.Where(a => a.Output is not null).ToList();
        var price = people.Price * answers.Count;
        if (given.Count == 0)
            return new TeacherAnswer(item, people.Name, null, $"people:{answers[0].Person}", null, price, $"skipped: {answers[0].Skipped}");
        if (MajorityVote.Winner(given.Select(a => a.Output!)) is not { } winner)
            return new TeacherAnswer(item, people.Name, null, $"people:{given[0].Person}", null, price,
                $"{RowRefusal.Disagreement}: {given.Count} people gave different answers");
        var key = OutputKey.Of(winner);
        var agreeing = given.Where(a => OutputKey.Of(a.Output!) == key).ToList();
        return new TeacherAnswer(item, people.Name, winner, $"people:{agreeing[0].Person}", agreeing.Count / (double)given.Count, price);
    }
}
