namespace SelfImprove.Azure.Tests.Arm;

/// <summary>For a fake that is there before the engine, or the world, whose clock it is to follow.</summary>
public sealed class LateClock : TimeProvider
{
    public TimeProvider? Inner { get; set; }

    public override DateTimeOffset GetUtcNow() => (Inner ?? System).GetUtcNow();
}
