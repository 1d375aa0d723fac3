using SelfImprove.Agents.Manifests;

namespace SelfImprove.Deployment.Experiments;

/// <summary>By what an experiment is decided.</summary>
public sealed record ExperimentRules
{
    /// <summary>
    /// The number of requests at which the interval is narrowest. A fall of 10 points shows after some 400 requests, so an agent's
    /// few requests are spent well at 500; any value is valid.
    /// </summary>
    public const double TunedFor = 500;

    /// <summary>The level of the sample-ratio check: a false alarm costs an experiment, so it is far below that of the decision.</summary>
    public const double SampleRatioLevel = 0.001;

    /// <summary>A slower answer is harm only beyond this many ms ...</summary>
    public const double LatencyToleranceMs = 50;

    /// <summary>... and beyond this share of the champion's mean: the noise of a busy machine is no harm.</summary>
    public const double LatencyTolerance = 0.25;

    /// <summary>The chance that a challenger which is not better is ever promoted, and that one which does no harm is ever rolled back; each at most this.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>
    /// The share of <see cref="Alpha"/> that the test may spend on harm, (0,1]: less than all where a shadow stage before it has spent the rest, so that both together
    /// withdraw a harmless challenger with a chance of at most alpha.
    /// </summary>
    public double HarmShare { get; init; } = 1;

    /// <summary>By how much a challenger proven better before may seem worse now.</summary>
    public double Margin { get; init; } = 0.05;

    /// <summary>The least number of callers a side.</summary>
    public int MinKeys { get; init; } = 50;

    /// <summary>The least number of judged requests a side.</summary>
    public int MinObservations { get; init; } = 30;

    /// <summary>The rules that a manifest sets.</summary>
    public static ExperimentRules Of(RolloutSettings settings) => new()
    {
        Alpha = settings.Alpha,
        HarmShare = settings.Shadow.Requests > 0 ? 1 - Shadow.ShadowRules.AlphaShare : 1,
        Margin = settings.Margin,
        MinKeys = settings.MinKeys,
        MinObservations = settings.MinObservations,
    };
}
