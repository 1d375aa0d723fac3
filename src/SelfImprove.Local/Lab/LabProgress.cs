namespace SelfImprove.Local.Lab;

/// <summary>Tells how far the laboratory is: a line for each run of the loop, and on a terminal how many of all runs are done.</summary>
/// <param name="options">The laboratory's.</param>
/// <param name="lines">Where the lines go; null for none.</param>
/// <param name="terminal">A terminal; null where there is none.</param>
internal sealed class LabProgress(LabOptions options, TextWriter? lines, TextWriter? terminal) : IDisposable
{
    private readonly Lock _gate = new();
    private int _runs, _loops;

    /// <summary>Tells of a run; from any thread.</summary>
    public void Finished(LabResult result)
    {
        lock (_gate)
        {
            var all = options.Seeds * options.Scenarios.Count;
            _runs++;
            Erase();
            if (result.Policy == LabPolicy.Loop)
            {
                _loops++;
                lines?.WriteLine(FormattableString.Invariant($"{_loops}/{all}: {LabCsv.Name(result.Scenario)}, seed {result.Seed}: reward {result.RewardAfter:P1} after the change, ")
                    + FormattableString.Invariant($"{result.Cost:0.00} USD, {(result.Endings.Count == 0 ? "no run ended" : string.Join(", ", result.Endings))}"));
            }
            terminal?.Write($"\r{LabCsv.Name(result.Scenario)}, {LabCsv.Name(result.Policy)}: {_runs} of {all * Enum.GetValues<LabPolicy>().Length} runs done");
        }
    }

    /// <summary>Clears the line.</summary>
    public void Dispose() => Erase();

    private void Erase() => terminal?.Write("\r\u001b[K");
}
