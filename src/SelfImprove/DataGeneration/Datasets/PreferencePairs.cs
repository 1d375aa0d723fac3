using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;

namespace SelfImprove.DataGeneration.Datasets;

/// <summary>Makes pairs of a better and a worse answer from what users said.</summary>
public static class PreferencePairs
{
    /// <summary>
    /// From corrections: the demonstration beats what was served. From thumbs: of answers to the same text, one liked (mean reward at least .5)
    /// by all and one disliked by all. Each input gives at most one pair; a demonstration beats thumbs.
    /// </summary>
    /// <param name="observed">What was served, and how it was judged.</param>
    /// <param name="task">What the agent does.</param>
    public static IEnumerable<PreferencePair> From(IEnumerable<ObservedInteraction> observed, TaskSettings task)
    {
        var usable = observed.Where(o => o.Interaction is { Trainable: not false, Output: not null });
        foreach (var same in usable.GroupBy(o => NormalisedText.Of(InputText.Of(o.Interaction.Input)), StringComparer.Ordinal))
        {
            if (Correction(same) is { } corrected) yield return Pair(task, corrected.Input, corrected.Right, corrected.Wrong);
            else if (Thumbs(same) is { } judged) yield return Pair(task, judged.Input, judged.Right, judged.Wrong);
        }
    }

    private static PreferencePair Pair(TaskSettings task, IReadOnlyList<ChatMessage> input, AgentOutput right, AgentOutput wrong) =>
        new(SftFormat.Messages(task.Instructions, input), right, wrong, task.Output == TaskOutput.Tool ? task.Tools : []);

    private static (IReadOnlyList<ChatMessage> Input, AgentOutput Right, AgentOutput Wrong)? Correction(IEnumerable<ObservedInteraction> same)
    {
        var given = same.SelectMany(o => o.Feedback).Select(f => f.Demonstration).OfType<AgentOutput>().ToList();
        if (MajorityVote.Winner(given) is not { } right) return null;
        var wrong = same.FirstOrDefault(o => OutputKey.Of(o.Interaction.Output!) != OutputKey.Of(right));
        return wrong is null ? null : (wrong.Interaction.Input, right, wrong.Interaction.Output!);
    }

    private static (IReadOnlyList<ChatMessage> Input, AgentOutput Right, AgentOutput Wrong)? Thumbs(IEnumerable<ObservedInteraction> same)
    {
        var answers = same.Where(o => o.Reward is not null).GroupBy(o => OutputKey.Of(o.Interaction.Output!), StringComparer.Ordinal).ToList();
        var liked = answers.FirstOrDefault(a => a.All(o => o.Reward >= 0.5))?.First();
        var disliked = answers.FirstOrDefault(a => a.All(o => o.Reward < 0.5))?.First();
        return liked is null || disliked is null ? null : (liked.Interaction.Input, liked.Interaction.Output!, disliked.Interaction.Output!);
    }
}
