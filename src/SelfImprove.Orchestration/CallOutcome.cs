namespace SelfImprove.Orchestration;

/// <summary>What an activity or a child orchestration gave: a value, or a failure. Failures are data.</summary>
/// <param name="Value">The output's JSON; null where it failed.</param>
/// <param name="Failure">Why it failed; null where it succeeded.</param>
public sealed record CallOutcome(string? Value, Failure? Failure)
{
    /// <summary>A success.</summary>
    public static CallOutcome Of(string value) => new(value, null);

    /// <summary>A failure.</summary>
    public static CallOutcome Of(Failure failure) => new(null, failure);
}
