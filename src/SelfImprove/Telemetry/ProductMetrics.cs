using System.Diagnostics.Metrics;

namespace SelfImprove.Telemetry;

/// <summary>The product's instruments.</summary>
public static class ProductMetrics
{
    /// <summary>The name of the gauge of activities that wait, which a host with an engine of its own reports.</summary>
    public const string QueueDepth = "selfimprove.engine.queue.depth";

    // The boundaries that the conventions ask for.
    private static readonly double[] Seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
    private static readonly long[] Counts = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];
    private static readonly double[] Shares = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
    private static readonly double[] LongSeconds = [10, 60, 300, 900, 3600, 14400, 43200, 86400, 259200, 604800, 1209600];

    private static readonly Meter Meter = new(ProductTelemetry.Name, ProductTelemetry.Source.Version);

    /// <summary>Tokens of a question to a model, by model and type.</summary>
    public static readonly Histogram<long> Tokens = Meter.CreateHistogram(
        "gen_ai.client.token.usage", "{token}", "Number of input and output tokens used.", null, new InstrumentAdvice<long> { HistogramBucketBoundaries = Counts });

    /// <summary>How long questions to models take, by model and error.</summary>
    public static readonly Histogram<double> CallDuration = Meter.CreateHistogram(
        "gen_ai.client.operation.duration", "s", "GenAI operation duration.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    /// <summary>How long requests to the gateway take, by agent, version and error; its count is the number of requests that were answered.</summary>
    public static readonly Histogram<double> InvokeDuration = Meter.CreateHistogram(
        "gen_ai.invoke_agent.duration", "s", "Duration of requests to agents.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    /// <summary>How long runs take, by agent and ending.</summary>
    public static readonly Histogram<double> RunDuration = Meter.CreateHistogram(
        "gen_ai.workflow.duration", "s", "Duration of improvement runs.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = LongSeconds });

    /// <summary>Requests to the gateway, by agent, version, outcome and arm.</summary>
    public static readonly Counter<long> Requests = Meter.CreateCounter<long>("selfimprove.gateway.requests", "{request}", "Requests to the gateway.");

    /// <summary>What questions to models cost, by model.</summary>
    public static readonly Counter<double> ModelCost = Meter.CreateCounter<double>("selfimprove.model.cost", "{USD}", "What questions to models cost.");

    /// <summary>Rewards of judgements, by agent and source.</summary>
    public static readonly Histogram<double> Rewards = Meter.CreateHistogram(
        "selfimprove.feedback.reward", "1", "Rewards of judgements.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Shares });

    /// <summary>Decisions of triggers, by agent, outcome and the policy that fired.</summary>
    public static readonly Counter<long> Decisions = Meter.CreateCounter<long>("selfimprove.trigger.decisions", "{decision}", "Decisions of triggers.");

    /// <summary>Runs that ended, by agent and ending.</summary>
    public static readonly Counter<long> Runs = Meter.CreateCounter<long>("selfimprove.runs", "{run}", "Improvement runs that ended.");

    /// <summary>What runs were charged, by agent; a charge that was taken back goes off again.</summary>
    public static readonly UpDownCounter<double> Spend = Meter.CreateUpDownCounter<double>("selfimprove.spend", "{USD}", "What improvement runs were charged.");
}
