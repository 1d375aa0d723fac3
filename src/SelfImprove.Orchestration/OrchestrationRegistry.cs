namespace SelfImprove.Orchestration;

/// <summary>The one list of all orchestrators and activities; hosts, and the test that compares them, read it.</summary>
public sealed class OrchestrationRegistry
{
    private readonly Dictionary<string, OrchestratorEntry> _orchestrators = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ActivityEntry> _activities = new(StringComparer.Ordinal);

    /// <summary>All orchestrators by name.</summary>
    public IReadOnlyDictionary<string, OrchestratorEntry> Orchestrators => _orchestrators;

    /// <summary>All activities by name.</summary>
    public IReadOnlyDictionary<string, ActivityEntry> Activities => _activities;

    /// <summary>What surrounds every execution of an activity, to tell of it; null for nothing.</summary>
    public ActivitySurround? Surround { get; init; }

    /// <summary>Adds an orchestrator. Throws <see cref="ArgumentException"/> on a name already taken.</summary>
    public OrchestrationRegistry Add<TOrchestrator, TIn, TOut>(OrchestratorRef<TIn, TOut> reference) where TOrchestrator : Orchestrator<TIn, TOut>
    {
        _orchestrators.Add(reference.Name, OrchestratorEntry.Of<TOrchestrator, TIn, TOut>(reference));
        return this;
    }

    /// <summary>Adds an activity. Throws <see cref="ArgumentException"/> on a name already taken.</summary>
    public OrchestrationRegistry Add<TActivity, TIn, TOut>(ActivityRef<TIn, TOut> reference) where TActivity : Activity<TIn, TOut>
    {
        _activities.Add(reference.Name, ActivityEntry.Of<TActivity, TIn, TOut>(reference));
        return this;
    }
}
