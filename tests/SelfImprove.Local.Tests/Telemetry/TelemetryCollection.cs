namespace SelfImprove.Local.Tests.Telemetry;

/// <summary>Listeners hear the whole process: what listens runs alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TelemetryCollection
{
    public const string Name = "telemetry";
}
