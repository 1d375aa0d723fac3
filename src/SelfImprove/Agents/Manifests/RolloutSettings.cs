namespace SelfImprove.Agents.Manifests;

/// <summary>The A/B test of a challenger beside its champion.</summary>
public sealed record RolloutSettings
{
    /// <summary>The shares of traffic that the challenger gets, one step after the other, each in (0,1), never falling.</summary>
    public IReadOnlyList<double> Shares { get; init; } = [0.5];

    /// <summary>How many challenger requests pass before the next step.</summary>
    public int RequestsPerStep { get; init; } = 200;

    /// <summary>The error rate of the decision, looked at as often as one likes.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>The non-inferiority margin, in reward, (0,0.5].</summary>
    public double Margin { get; init; } = 0.05;

    /// <summary>How long the test may take; after that the challenger is withdrawn.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How often the test is looked at.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The least number of caller keys a side.</summary>
    public int MinKeys { get; init; } = 50;

    /// <summary>The least number of judged requests a side.</summary>
    public int MinObservations { get; init; } = 30;
}
