namespace SelfImprove.Durable;

/// <summary>Where a commit stands when <see cref="DurableEngineOptions.CommitProbe"/> is called.</summary>
public enum CommitPhase
{
    /// <summary>Written, not yet committed: an exception loses it.</summary>
    Before,
    /// <summary>On stable storage, not yet acknowledged or acted upon: an exception loses the acknowledgement alone.</summary>
    After,
}
