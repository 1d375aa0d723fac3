namespace SelfImprove.Monitoring.Critic;

/// <summary>How far the critic has read, and what its last checks said. Kept as <c>agents/{agent}/critic.json</c>.</summary>
internal sealed record CriticState
{
    public const int Window = 100;

    /// <summary>Bytes read, per segment.</summary>
    public SortedDictionary<string, long> Offsets { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Of the last checks, oldest first: what was wrong, empty where nothing was.</summary>
    public IReadOnlyList<string> Recent { get; init; } = [];
}
