using SelfImprove.Evaluation.Scoring;
using SelfImprove.Models;

namespace SelfImprove.Evaluation.Comparing;

/// <summary>Both versions' answers to an item: one line of <c>answers-{round}-{attempt}.jsonl</c>, kept so that what is labelled, scored and judged later is about
/// the same answers.</summary>
/// <param name="Id">The item.</param>
/// <param name="Golden">Whether it is of the golden set.</param>
/// <param name="Stratum">Which part of the sample it belongs to.</param>
/// <param name="Chosen">Whether its label is wanted.</param>
/// <param name="Champion">The champion's answer, not yet scored.</param>
/// <param name="Candidate">The candidate's.</param>
/// <param name="ChampionOutput">What the champion said; null where it declined.</param>
/// <param name="CandidateOutput">What the candidate said; null where it declined.</param>
public sealed record AnswerPair(
    string Id, bool Golden, ItemStratum Stratum, bool Chosen, AnswerScore Champion, AnswerScore Candidate, AgentOutput? ChampionOutput, AgentOutput? CandidateOutput)
{
    /// <summary>Whether the two answers are the same, word for word.</summary>
    public static bool AreSame(AgentOutput? champion, AgentOutput? candidate) => champion is null || candidate is null
        ? champion is null && candidate is null
        : champion.Text == candidate.Text && (champion.ToolCalls ?? []).Select(c => (c.Name, c.Arguments)).SequenceEqual((candidate.ToolCalls ?? []).Select(c => (c.Name, c.Arguments)));
}
