namespace SelfImprove.Azure.Arm;

/// <summary>Which Azure Resource Manager is talked to, and how patiently.</summary>
public sealed record ArmSettings
{
    /// <summary>The endpoint; another only for sovereign clouds.</summary>
    public Uri Endpoint { get; init; } = new("https://management.azure.com/");

    /// <summary>Whom the token is for; <c>/.default</c> is added.</summary>
    public string Audience { get; init; } = "https://management.azure.com";

    /// <summary>How long one call may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Before the first repetition of a call that may be repeated; doubles.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);
}
