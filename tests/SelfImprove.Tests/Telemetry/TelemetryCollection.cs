namespace SelfImprove.Tests.Telemetry;

/// <summary>Listeners hear the whole process: what listens, and what counts on nobody listening, runs alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TelemetryCollection
{
    public const string Name = "telemetry";
}
