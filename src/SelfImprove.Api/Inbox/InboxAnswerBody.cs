using SelfImprove.DataGeneration.Inbox;
using SelfImprove.Models;

namespace SelfImprove.Api.Inbox;

/// <summary>Several answers.</summary>
/// <param name="Answers">Them.</param>
public sealed record InboxAnswersBody(IReadOnlyList<InboxAnswerBody> Answers);

/// <summary>An answer: exactly one of <see cref="Decision"/>, <see cref="Output"/> and <see cref="Skip"/>.</summary>
public sealed record InboxAnswerBody
{
    /// <summary>The agent; may be left out where the address names it.</summary>
    public string? Agent { get; init; }

    /// <summary>The task; may be left out where the address names it.</summary>
    public string? Task { get; init; }

    /// <summary>Who answers; on a host with keys, the key's name instead.</summary>
    public string? By { get; init; }

    /// <summary>A label, a tool's name, or of a text task the text.</summary>
    public string? Decision { get; init; }

    /// <summary>The whole output, where a decision alone does not say it.</summary>
    public AgentOutput? Output { get; init; }

    /// <summary>Why this person leaves it to others.</summary>
    public string? Skip { get; init; }
}

/// <summary>What became of several answers.</summary>
/// <param name="Accepted">How many are kept.</param>
/// <param name="Refused">How many are not.</param>
/// <param name="Results">Each, in the order sent.</param>
public sealed record InboxAnswered(int Accepted, int Refused, IReadOnlyList<InboxAnswerResult> Results);

/// <summary>What became of an answer.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Task">The task.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Message">What was wrong; null where it is kept.</param>
public sealed record InboxAnswerResult(string Agent, string Task, InboxOutcome Outcome, string? Message);
