namespace SelfImprove.Azure.Models;

/// <summary>What to do about an attempt that failed.</summary>
internal enum FailureKind
{
    /// <summary>The endpoint was busy: it did no work.</summary>
    Busy,

    /// <summary>It failed before it can have done the work.</summary>
    Unreached,

    /// <summary>It may have done the work, and charge for it, though no whole answer came: repeated once at most.</summary>
    Broken,

    /// <summary>The content filter refused the question: an answer of its kind.</summary>
    Refused,

    /// <summary>It won't answer this question, ever; it may answer others.</summary>
    BadQuestion,

    /// <summary>It won't answer anybody as things are set up.</summary>
    Unusable,
}

/// <summary>An attempt that failed.</summary>
/// <param name="kind">What to do about it.</param>
/// <param name="message">For a person: what happened, and what to do.</param>
/// <param name="retryAfter">When the endpoint wants to be asked again, from now; null where it did not say.</param>
internal sealed class EndpointFailure(FailureKind kind, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    public FailureKind Kind => kind;

    public TimeSpan? RetryAfter => retryAfter;
}
