namespace SelfImprove.Runs;

/// <summary>A run, as every activity of it gets it.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Run">The run's id: <c>{agent}-{n}</c>, n of four digits or more; also the orchestration instance's id.</param>
/// <param name="Round">The round, from 1.</param>
/// <param name="ManifestRevision">The manifest revision that the run pinned at its start.</param>
public sealed record RunRef(string Agent, string Run, int Round, int ManifestRevision)
{
    /// <summary>The store path of a file of this run.</summary>
    public string Path(string file) => $"runs/{Agent}/{Run}/{file}";

    /// <summary>The store path of a file of this round: <c>Path("dataset", "jsonl")</c> is <c>.../dataset-{round}.jsonl</c>.</summary>
    public string Path(string name, string extension) => Path($"{name}-{Round}.{extension}");
}
