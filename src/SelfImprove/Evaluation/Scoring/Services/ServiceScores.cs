using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration;
using SelfImprove.Models;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Evaluation.Scoring.Services;

/// <summary>
/// Has a service score answers, in groups: each charged before and kept at once, so that a repeated activity asks only for what was in flight. Equal answers to an item
/// are scored once.
/// </summary>
/// <param name="store">Where scores are kept.</param>
/// <param name="spend">Is charged.</param>
/// <param name="services">What the host brings: one, or none.</param>
public sealed class ServiceScores(IObjectStore store, SpendBook spend, IEnumerable<IScoringService> services)
{
    private const int GroupSize = 50;

    /// <summary>The store path of a group's scores.</summary>
    public static string PathOf(RunRef run, int attempt, int group) => run.Path($"scored-{run.Round}-{attempt}-{group}.jsonl");

    /// <summary>Scores answers.</summary>
    /// <returns>A score for each question, in their order.</returns>
    public async Task<IReadOnlyList<double>> ScoreAsync(
        RunRef run, int attempt, AgentManifest manifest, IReadOnlyList<ScoringQuestion> questions, CancellationToken cancellationToken)
    {
        var settings = manifest.Evaluation.Http ?? throw new ArgumentException($"{manifest.Agent} has no evaluation.http.", nameof(manifest));
        var service = services.FirstOrDefault()
            ?? throw new InvalidOperationException($"evaluation.evaluator of {manifest.Agent} is http, but this host has no scoring services: list '{settings.Service}' in its configuration, section scoring.services.");
        var scores = new List<double>();
        foreach (var (number, group) in questions.Chunk(GroupSize).Index())
        {
            var path = PathOf(run, attempt, number);
            var known = await JsonLines.ReadAsync<Line>(store, path, cancellationToken).ToDictionaryAsync(l => l.Id, l => l.Score, StringComparer.Ordinal, cancellationToken);
            if (known.Count == 0)
            {
                await spend.ChargeAsync(run, manifest.Budget, $"{run.Run}/evaluate/{run.Round}/scores/{attempt}/{number}", $"{group.Length} answers scored by {settings.Service}",
                    settings.Price * group.Length, cancellationToken);
                var given = await service.ScoreAsync(settings.Service, group, cancellationToken);
                await JsonLines.WriteOnceAsync(store, path, group.Zip(given, (q, score) => new Line(q.Id, score)), cancellationToken);
                known = await JsonLines.ReadAsync<Line>(store, path, cancellationToken).ToDictionaryAsync(l => l.Id, l => l.Score, StringComparer.Ordinal, cancellationToken);
            }
            scores.AddRange(group.Select(q => known[q.Id]));
        }
        return scores;
    }

    private sealed record Line(string Id, double Score);
}
