namespace SelfImprove.DataGeneration.Inbox;

/// <summary>What became of an answer.</summary>
public enum InboxOutcome
{
    /// <summary>It is kept, now or since the same answer came before.</summary>
    Accepted,
    /// <summary>There is no such task.</summary>
    UnknownTask,
    /// <summary>It is not one that the agent may give.</summary>
    Invalid,
    /// <summary>This person gave another answer before; that one stands.</summary>
    AlreadyAnswered,
    /// <summary>Nobody waits for it any more, or enough others answered.</summary>
    Closed,
}

/// <summary>What became of an answer, with words for the person who gave it.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Message">What was wrong, and what was expected; null where it was accepted.</param>
public sealed record InboxResult(InboxOutcome Outcome, string? Message = null);
