using SelfImprove.Models;

namespace SelfImprove.DataGeneration.Inbox;

/// <summary>What a person said to a task; the first word of each person stands.</summary>
/// <param name="Task">The task.</param>
/// <param name="Person">Who.</param>
/// <param name="Time">When.</param>
/// <param name="Output">The right output; null where the person skipped.</param>
/// <param name="Skipped">Why they skipped; null where they answered.</param>
public sealed record InboxAnswer(string Task, string Person, DateTimeOffset Time, AgentOutput? Output, string? Skipped);
