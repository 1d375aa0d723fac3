namespace SelfImprove.Monitoring.Aggregation;

/// <summary>The objects that make up an agent's event index. Only those that the committed signals name count.</summary>
internal sealed record IndexFiles
{
    /// <summary>The runs, oldest first.</summary>
    public IReadOnlyList<RunInfo> Runs { get; init; } = [];

    /// <summary>Runs that merges under way are writing. Named so that nobody takes them for left over; without the process that writes them they are worth nothing.</summary>
    public IReadOnlyList<string> Merging { get; init; } = [];

    /// <summary>The names that the records' numbers stand for; null before the first.</summary>
    public string? Names { get; init; }

    /// <summary>All paths.</summary>
    public IEnumerable<string> Paths() => Runs.Select(r => r.Path).Concat(Merging).Concat(Names is null ? [] : [Names]);
}
