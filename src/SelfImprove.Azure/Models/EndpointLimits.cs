namespace SelfImprove.Azure.Models;

/// <summary>How patiently, and how often at once, a model endpoint is asked. Section <c>limits</c> of an endpoint.</summary>
public sealed record EndpointLimits
{
    /// <summary>Questions open at once at first, for each model; adapted from then on. Setting <c>concurrency</c>, 1 to 1000.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>Questions open at once at most, for each model. Setting <c>maxConcurrency</c>, 1 to 1000.</summary>
    public int MaxConcurrency { get; init; } = 64;

    /// <summary>How often one question is asked at most, while the endpoint is busy or failing. Setting <c>attempts</c>, 1 to 20.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>How long one attempt may take. Setting <c>attemptTimeout</c>.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a stream may be silent between two pieces. Setting <c>idleTimeout</c>.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a question may take altogether, waiting included. Setting <c>timeout</c>.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The largest answer, in bytes. Setting <c>maxResponseBytes</c>, 1024 to 256 MiB.</summary>
    public int MaxResponseBytes { get; init; } = 8 * 1024 * 1024;
}
