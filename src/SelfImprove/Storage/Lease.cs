namespace SelfImprove.Storage;

/// <summary>Who may spend, submit or route for an agent or a group.</summary>
/// <param name="Run">The run that holds it; null where it is free.</param>
/// <param name="Epoch">Counts the holders: greater with every change of hands, also over releases.</param>
/// <param name="Expires">When another run may take it over; never where null.</param>
public sealed record Lease(string? Run, long Epoch, DateTimeOffset? Expires = null);

/// <summary>The outcome of asking for a lease.</summary>
/// <param name="Held">Whether the asking run holds it now.</param>
/// <param name="Lease">The lease as it is now: where not held, whose it is.</param>
public sealed record LeaseAnswer(bool Held, Lease Lease);

/// <summary>The run does not, or does no longer, hold the lease: it must stop spending, submitting and routing.</summary>
public sealed class LeaseLostException : Exception
{
    /// <summary>Creates it.</summary>
    public LeaseLostException(string name, string run, Lease? found) : base(
        $"Run {run} does not hold the lease {name}: "
        + (found?.Run is null ? "nobody does" : found.Run == run ? $"it expired at {found.Expires:u}" : $"run {found.Run} does")
        + ". It must stop; start a new run if the improvement is still wanted.")
    {
        Name = name;
        Run = run;
    }

    /// <summary>The lease.</summary>
    public string Name { get; }

    /// <summary>The run that lacks it.</summary>
    public string Run { get; }
}
