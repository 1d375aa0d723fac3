namespace SelfImprove.Local.Hosting;

/// <summary>How often agents are looked at. A look reads the store, and one in Azure takes money for each request.</summary>
/// <param name="Active">The pause between looks while requests come in.</param>
/// <param name="Idle">The pause while none do.</param>
public sealed record WatchPace(TimeSpan Active, TimeSpan Idle)
{
    /// <summary>On a local folder, where a look costs nothing: at every tick, which is a second.</summary>
    public static WatchPace Local { get; } = new(TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>On Azure: an idle host looks once a minute.</summary>
    public static WatchPace Remote { get; } = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));

    /// <summary>Whether to look now.</summary>
    /// <param name="since">How long ago the last look was.</param>
    /// <param name="active">Whether requests came in since.</param>
    public bool IsDue(TimeSpan since, bool active) => since >= Idle || (active && since >= Active);
}

/// <summary>Counts requests that may have changed something, so that an idle host is told from a busy one.</summary>
public sealed class HostActivity
{
    private long _changes;

    /// <summary>How many so far.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    /// <summary>Counts one.</summary>
    public void Note() => Interlocked.Increment(ref _changes);
}
