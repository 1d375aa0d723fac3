using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Planning.Diagnosing;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Planning;

/// <summary>
/// What the best plan is worth now, from signals alone: nothing is spent to find out, so the learning curve is the prior's,
/// tightened by the ledger. The run that it starts measures before it spends.
/// </summary>
public sealed class ReturnEstimator(
    ManifestStore manifests, RoutingStore routing, Ledger ledger, SpendBook spend, JsonDocuments documents, TrainerFormats formatsOf, TimeProvider clock) : IReturnEstimator
{
    private static readonly TimeSpan Window = TimeSpan.FromDays(14);

    /// <inheritdoc/>
    public async Task<ReturnEstimate?> EstimateAsync(string agent, CancellationToken cancellationToken = default)
    {
        if (await manifests.GetAsync(agent, cancellationToken) is not { Manifest: var manifest } || await routing.GetAsync(agent, cancellationToken) is not { } table)
            return null;
        var signals = (await documents.ReadAsync<AgentSignals>($"agents/{agent}/signals.json", cancellationToken))?.Value;
        var champion = signals?.Versions.GetValueOrDefault(table.Champion);
        if (signals is null || champion is null || Quality.FromThumbs(champion, manifest.Feedback.WrongShare, Diagnostician.ShiftOf(champion)?.Since) is not { } quality)
            return null;

        var diagnosis = Diagnostician.Diagnose(new DiagnosisFacts { Champion = champion, ThumbQuality = quality, Decisions = manifest.Task.Decisions.Count });
        var left = manifest.Budget.PerMonth - await spend.ThisMonthAsync(agent, cancellationToken);
        // How much of the traffic can be labelled shows in the run; here every second request of the last days is counted on.
        var from = DateOnly.FromDateTime((clock.GetUtcNow() - Window).UtcDateTime);
        var recent = signals.Daily.Where(d => DateOnly.Parse(d.Key, System.Globalization.CultureInfo.InvariantCulture) >= from).Sum(d => d.Value);
        IReadOnlySet<string> formats;
        try
        {
            formats = formatsOf(manifest.Student.Trainer);
        }
        catch (ArgumentException)
        {
            // A run would end with these words; here it only means that nothing can be expected.
            return null;
        }
        var choice = Planner.Choose(new PlanningFacts
        {
            Manifest = manifest,
            Diagnosis = diagnosis,
            Formats = formats,
            Pool = (int)Math.Min(recent / 2, manifest.Planning.MaxRows),
            PoolPerHundred = 50,
            ValidationPool = (int)(recent / 2 * manifest.Evaluation.ValidationShare),
            ValidationPerHundred = 50 * manifest.Evaluation.ValidationShare,
            Left = Math.Min(left, manifest.Budget.PerRun),
            Realism = Ledger.Realism(await ledger.ReadAsync(agent, cancellationToken)),
        });
        if (choice.Chosen is not { } best) return new ReturnEstimate(0, 0, choice.Stop!);
        var cost = best.CostUsd + best.WaitCostUsd;
        return new ReturnEstimate(best.NetUsd + cost, cost, $"{best.Describe()}: quality {best.Gain:+0.000;-0.000} +- {best.GainSd:0.000} expected.");
    }
}
