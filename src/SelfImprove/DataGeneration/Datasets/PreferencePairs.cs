using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;

namespace SelfImprove.DataGeneration.Datasets;

/// <summary>A pair with where it came from.</summary>
/// <param name="Id">The interaction whose input it is: the one that was corrected, or whose answer was liked.</param>
/// <param name="Input">Its messages.</param>
/// <param name="Preferred">The better answer.</param>
/// <param name="NonPreferred">The worse answer.</param>
/// <param name="Source">Who said so: <c>feedback:ada</c>.</param>
/// <param name="IsCorrection">Whether the better answer was given as the right one; otherwise it was served and liked.</param>
public sealed record SourcedPair(
    string Id, IReadOnlyList<ChatMessage> Input, AgentOutput Preferred, AgentOutput NonPreferred, string Source, bool IsCorrection);

/// <summary>Makes pairs of a better and a worse answer from what users said.</summary>
public static class PreferencePairs
{
    /// <summary>Texts this much alike (Jaccard of character 3-grams) are taken for the same question: a name or a number more, not another wish.</summary>
    public const double Alike = 0.9;

    private const int MostJudged = 20_000;

    /// <summary>
    /// From corrections: the demonstration beats what was served. From thumbs: of the answers to nearly the same text, the one liked best beats the one liked least
    /// where most like the one (mean reward at least .5) and do not like the other. The input is the one for which the better answer was given or liked. Each text
    /// gives at most one pair; a demonstration beats thumbs.
    /// </summary>
    /// <param name="observed">What was served, and how it was judged.</param>
    /// <param name="task">What the agent does.</param>
    public static IEnumerable<PreferencePair> From(IEnumerable<ObservedInteraction> observed, TaskSettings task) =>
        Sourced(observed).Select(p => Pair(p, task));

    /// <summary>The same with each pair's source.</summary>
    /// <param name="observed">What was served, and how it was judged.</param>
    public static IEnumerable<SourcedPair> Sourced(IEnumerable<ObservedInteraction> observed)
    {
        var usable = observed.Where(o => o.Interaction is { Trainable: not false, Output: not null } && o.Feedback.Count + (o.Reward is null ? 0 : 1) > 0);
        foreach (var same in Groups(usable))
            if ((Correction(same) ?? Thumbs(same)) is { } pair) yield return pair;
    }

    /// <summary>The latest judged interactions, oldest first: as many as pairs are looked for in.</summary>
    /// <param name="observed">The traffic, oldest first.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<IReadOnlyCollection<ObservedInteraction>> LatestJudgedAsync(
        IAsyncEnumerable<ObservedInteraction> observed, CancellationToken cancellationToken = default)
    {
        var judged = new Queue<ObservedInteraction>();
        await foreach (var seen in observed.WithCancellation(cancellationToken))
        {
            if (seen.Feedback.Count == 0) continue;
            judged.Enqueue(seen);
            if (judged.Count > MostJudged) judged.Dequeue();
        }
        return judged;
    }

    /// <summary>A pair as the trainers read it.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="task">What the agent does.</param>
    public static PreferencePair Pair(SourcedPair pair, TaskSettings task) =>
        new(SftFormat.Messages(task.Instructions, pair.Input), pair.Preferred, pair.NonPreferred, task.Output == TaskOutput.Tool ? task.Tools : []);

    // Exact texts first; then a text joins the first one that it is nearly the same as.
    private static List<List<ObservedInteraction>> Groups(IEnumerable<ObservedInteraction> usable)
    {
        var groups = new List<List<ObservedInteraction>>();
        var index = new SimilarTextIndex(Alike);
        var groupOf = new List<List<ObservedInteraction>>();
        foreach (var same in usable.GroupBy(o => NormalisedText.Of(InputText.Of(o.Interaction.Input)), StringComparer.Ordinal))
        {
            if (same.Key.Length > 0 && index.FindNearest(same.Key) is { } near)
            {
                groupOf[near.Index].AddRange(same);
                groupOf.Add(groupOf[near.Index]);
            }
            else
            {
                groups.Add([.. same]);
                groupOf.Add(groups[^1]);
            }
            index.Add(same.Key);
        }
        return groups;
    }

    private static SourcedPair? Correction(List<ObservedInteraction> same)
    {
        var given = same.SelectMany(o => o.Feedback.Where(f => f.Demonstration is not null).Select(f => (Of: o.Interaction, Feedback: f))).ToList();
        if (MajorityVote.Winner(given.Select(g => g.Feedback.Demonstration!)) is not { } right) return null;
        var key = OutputKey.Of(right);
        var (corrected, by) = given.First(g => OutputKey.Of(g.Feedback.Demonstration!) == key);
        var wrong = same.Select(o => o.Interaction).Prepend(corrected).FirstOrDefault(i => OutputKey.Of(i.Output!) != key);
        return wrong is null ? null : new SourcedPair(corrected.Id, corrected.Input, right, wrong.Output!, SourceOf(by), true);
    }

    private static SourcedPair? Thumbs(List<ObservedInteraction> same)
    {
        var answers = same.Where(o => o.Reward is not null).GroupBy(o => OutputKey.Of(o.Interaction.Output!), StringComparer.Ordinal)
            .Select(a => (Seen: a.First(), Liking: a.Average(o => o.Reward!.Value), Times: a.Count())).ToList();
        var liked = answers.Where(a => a.Liking >= 0.5).OrderByDescending(a => a.Liking).ThenByDescending(a => a.Times).Select(a => a.Seen).FirstOrDefault();
        var disliked = answers.Where(a => a.Liking < 0.5).OrderBy(a => a.Liking).ThenByDescending(a => a.Times).Select(a => a.Seen).FirstOrDefault();
        return liked is null || disliked is null
            ? null
            : new SourcedPair(liked.Interaction.Id, liked.Interaction.Input, liked.Interaction.Output!, disliked.Interaction.Output!,
                disliked.Feedback.Select(SourceOf).FirstOrDefault() ?? "feedback:unknown", false);
    }

    // As corrections name their sources, so that one cap holds for both.
    private static string SourceOf(Feedback feedback) => $"feedback:{feedback.Source.Id}";
}
