using Microsoft.DurableTask;

namespace SelfImprove.Functions.Tests.Fakes;

internal enum FakeFactKind
{
    TurnStarted,
    Completed,
    Failed,
    TimerFired,
    EventRaised,
}

/// <summary>An entry of a fake instance's history, or of its inbox.</summary>
internal sealed record FakeFact(FakeFactKind Kind, int Generation, int Id = 0, string? Name = null, string? Json = null, TaskFailureDetails? Failure = null, DateTime Time = default);

/// <summary>Something that an orchestrator asked for.</summary>
internal sealed record FakeRequest(int Id, string Kind, string Name, string? Json, DateTime Due = default, string? InstanceId = null);
