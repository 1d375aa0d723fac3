using SelfImprove.Evaluation.Comparing;
using SelfImprove.Evaluation.Scoring;
using SelfImprove.Models;

namespace SelfImprove.Evaluation.Judging.Pairwise;

/// <summary>An item with both answers, as judges get it.</summary>
/// <param name="Score">The item's scores by the evaluator.</param>
/// <param name="Input">The messages.</param>
/// <param name="Champion">The champion's answer; null where it declined.</param>
/// <param name="Candidate">The candidate's.</param>
public sealed record AnsweredItem(ItemScore Score, IReadOnlyList<ChatMessage> Input, AgentOutput? Champion, AgentOutput? Candidate)
{
    /// <summary>Whether the two answers are the same, so that there is nothing to judge.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsSame => AnswerPair.AreSame(Champion, Candidate);
}
