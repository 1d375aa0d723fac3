namespace SelfImprove.Orchestration;

/// <summary>Thrown by an activity where the same call may succeed later; the seam retries it by the call's <see cref="RetryPolicy"/>.</summary>
public sealed class TransientException : Exception
{
    /// <summary>Creates it.</summary>
    public TransientException(string message, Exception? inner = null) : base(message, inner) { }
}
