using SelfImprove.Evaluation.Scoring;
using SelfImprove.Models;

namespace SelfImprove.Evaluation.Judging.Pairwise;

/// <summary>An item with both answers: one line of <c>answers-{round}-{attempt}.jsonl</c>, kept so that a repeated activity judges the same answers.</summary>
/// <param name="Score">The item's scores by the evaluator.</param>
/// <param name="Input">The messages.</param>
/// <param name="Champion">The champion's answer; null where it declined.</param>
/// <param name="Candidate">The candidate's.</param>
public sealed record AnsweredItem(ItemScore Score, IReadOnlyList<ChatMessage> Input, AgentOutput? Champion, AgentOutput? Candidate)
{
    /// <summary>Whether the two answers are the same, so that there is nothing to judge.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsSame => Champion is null || Candidate is null ? Champion is null && Candidate is null : AreSame(Champion, Candidate);

    /// <summary>Whether two answers are the same, word for word.</summary>
    public static bool AreSame(AgentOutput one, AgentOutput two) =>
        one.Text == two.Text && (one.ToolCalls ?? []).Select(c => (c.Name, c.Arguments)).SequenceEqual((two.ToolCalls ?? []).Select(c => (c.Name, c.Arguments)));
}
