using SelfImprove.Agents.Manifests;
using SelfImprove.Deployment.Experiments;

namespace SelfImprove.Deployment.Shadow;

/// <summary>By what a shadow stage is decided.</summary>
public sealed record ShadowRules
{
    /// <summary>
    /// The share of the rollout's alpha that the shadow stage spends on harm; the A/B test has the rest (<see cref="ExperimentRules.HarmShare"/>), so that a harmless
    /// challenger is withdrawn by either with a chance of at most alpha. Promotion's alpha is the test's alone: the shadow promotes nothing.
    /// </summary>
    public const double AlphaShare = 0.5;

    /// <summary>The chance that a harmless challenger is ever withdrawn by this stage.</summary>
    public double Alpha { get; init; } = 0.025;

    /// <summary>How many compared requests are enough.</summary>
    public int Requests { get; init; } = 200;

    /// <summary>Fewer callers than this prove nothing: those of one caller resemble each other.</summary>
    public int MinKeys { get; init; } = ShadowSettings.FewestRequests;

    /// <summary>The rules that a manifest sets.</summary>
    public static ShadowRules Of(RolloutSettings settings) => new()
    {
        Alpha = AlphaShare * settings.Alpha,
        Requests = settings.Shadow.Requests,
        MinKeys = Math.Min(settings.MinKeys, ShadowSettings.FewestRequests),
    };
}
