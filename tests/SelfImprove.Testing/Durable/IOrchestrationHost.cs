using SelfImprove.Orchestration;

namespace SelfImprove.Testing;

/// <summary>An engine under test, on virtual time. The contract suite runs against every implementation.</summary>
public interface IOrchestrationHost : IAsyncDisposable
{
    IOrchestrationClient Client { get; }

    DateTimeOffset Now { get; }

    /// <summary>Works until nothing is ready at the present time.</summary>
    Task RunUntilIdleAsync();

    /// <summary>Moves the clock, then works until nothing is ready.</summary>
    Task AdvanceAsync(TimeSpan span);

    /// <summary>Works; where nothing is ready, moves the clock to the earliest timer. Ends with the instance, or when nothing could ever happen.</summary>
    Task<OrchestrationState> RunToEndAsync(string instanceId);
}
