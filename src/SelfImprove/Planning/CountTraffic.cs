using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.Planning;

/// <summary>The input of <see cref="CountTraffic"/>.</summary>
/// <param name="Run">The run and round.</param>
/// <param name="Wait">How many requests to wait for.</param>
/// <param name="Goal">The count to reach, as the first call said; null at the first.</param>
public sealed record CountTrafficInput(RunRef Run, int Wait, long? Goal = null);

/// <summary>What <see cref="CountTraffic"/> found.</summary>
/// <param name="Goal">The count of interactions to reach.</param>
/// <param name="Missing">How many are missing yet.</param>
public sealed record CountTrafficOutput(long Goal, long Missing)
{
    /// <summary>Whether there is enough.</summary>
    public bool Reached => Missing <= 0;
}

/// <summary>Counts the agent's interactions.</summary>
public sealed class CountTraffic(Aggregator aggregator, RunGuard guard) : Activity<CountTrafficInput, CountTrafficOutput>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<CountTrafficInput, CountTrafficOutput> Ref = new(nameof(CountTraffic));

    /// <summary>How often a waiting run counts.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    /// <summary>The event that makes it count at once.</summary>
    public const string Nudge = "traffic";

    /// <inheritdoc/>
    public override async Task<CountTrafficOutput> RunAsync(ActivityContext context, CountTrafficInput input, CancellationToken cancellationToken)
    {
        await guard.EnsureActiveAsync(input.Run, cancellationToken);
        var now = (await aggregator.FoldAsync(input.Run.Agent, cancellationToken)).Interactions;
        var goal = input.Goal ?? now + input.Wait;
        return new CountTrafficOutput(goal, Math.Max(0, goal - now));
    }
}
