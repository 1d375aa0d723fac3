using SelfImprove.Storage;

namespace SelfImprove.Planning;

/// <summary>Predicted against realised gain and cost, per agent (<c>ledger/{agent}.json</c>): prediction error is shown to people and tightens the
/// next prediction.</summary>
/// <param name="documents">Where it is kept.</param>
public sealed class Ledger(JsonDocuments documents)
{
    private const int Kept = 200;

    /// <summary>How many runs' worth the belief "predictions are right" weighs.</summary>
    private const double PriorRuns = 2;

    /// <summary>Typical gain by which the prior weighs.</summary>
    private const double PriorGain = 0.1;

    /// <summary>All entries, oldest first.</summary>
    public async Task<IReadOnlyList<LedgerEntry>> ReadAsync(string agent, CancellationToken cancellationToken = default) =>
        (await documents.ReadAsync<List<LedgerEntry>>(PathOf(agent), cancellationToken))?.Value ?? [];

    /// <summary>Writes a run's entry, once: a repeat replaces it.</summary>
    public Task RecordAsync(string agent, LedgerEntry entry, CancellationToken cancellationToken = default) =>
        documents.UpdateAsync<List<LedgerEntry>>(PathOf(agent),
            entries => [.. (entries ?? []).Where(e => e.Run != entry.Run).TakeLast(Kept - 1), entry], cancellationToken);

    /// <summary>
    /// Realised over predicted gain, as a ratio of sums shrunk towards 1: (sum of realised + k g) / (sum of predicted + k g)
    /// with k prior runs of a typical gain g; between 0.3 and 1.5.
    /// </summary>
    public static double Realism(IEnumerable<LedgerEntry> entries)
    {
        var known = entries.Where(e => e.RealisedGain is not null && e.PredictedGain > 0).ToList();
        var prior = PriorRuns * PriorGain;
        return Math.Clamp((known.Sum(e => e.RealisedGain!.Value) + prior) / (known.Sum(e => e.PredictedGain) + prior), 0.3, 1.5);
    }

    /// <summary>What past runs showed of this agent's learning curve: those with an evaluation, whose champion's rows are known.</summary>
    public static IReadOnlyList<LedgerGrowth> Growth(IEnumerable<LedgerEntry> entries) =>
    [
        .. entries.Where(e => e is { ChampionRows: > 0, ChampionError: not null, RealisedGain: not null, Rows: > 0, Items: > 0 })
            .Select(e => new LedgerGrowth(e.ChampionRows!.Value, e.Rows, e.ChampionError!.Value, Math.Clamp(e.ChampionError.Value - e.RealisedGain!.Value, 0, 1), e.Items!.Value)),
    ];

    private static string PathOf(string agent) => $"ledger/{agent}.json";
}
