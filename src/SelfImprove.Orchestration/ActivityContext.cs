namespace SelfImprove.Orchestration;

/// <summary>What an activity knows of its caller.</summary>
/// <param name="InstanceId">The orchestration instance that called it; carries run, stage and round by construction.</param>
/// <param name="Activity">The activity's registered name.</param>
/// <param name="InputHash">Lower-case hexadecimal SHA-256 of the input's JSON, first 16 digits.</param>
public sealed record ActivityContext(string InstanceId, string Activity, string InputHash)
{
    /// <summary>The idempotency key: the same for every execution of the same piece of work, and for no other.</summary>
    public string Key => $"{InstanceId}/{Activity}/{InputHash}";
}
