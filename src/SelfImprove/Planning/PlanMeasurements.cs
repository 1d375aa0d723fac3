using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.DataGeneration.Splitting;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Models;
using SelfImprove.Monitoring.Observation;

namespace SelfImprove.Planning;

/// <summary>What the planner measures before it believes in pairs or in self-play: each is null where nothing can be measured.</summary>
/// <param name="log">The traffic.</param>
/// <param name="split">Tells the training side.</param>
/// <param name="probes">Measure where training is cheap.</param>
/// <param name="audit">Audits the verifier of self-play.</param>
/// <param name="clock">Tells how far back the lookback reaches.</param>
public sealed class PlanMeasurements(ObservedLog log, InputSplit split, IEnumerable<ICurveProbe> probes, ISelfPlayAudit audit, TimeProvider clock)
{
    /// <summary>The share of what is left of the budget that an audit may cost.</summary>
    public const decimal AuditShare = 0.05m;

    private const int FewestFresh = 30;

    /// <summary>What the pairs in the feedback of the lookback bring, which is what a plan of pairs takes.</summary>
    public async Task<PreferenceEvidence?> PreferenceAsync(
        AgentManifest manifest, AgentVersion? champion, IReadOnlyList<(string Text, string Decision)> fresh, CancellationToken cancellationToken)
    {
        if (champion?.Dataset is not { } dataset || fresh.Count < FewestFresh || ProbeOf(manifest) is not { } probe) return null;
        var now = clock.GetUtcNow();
        var seen = log.ReadAsync(manifest.Agent, now - manifest.Data.Lookback, now, cancellationToken: cancellationToken);
        var found = PreferencePairs.Sourced(await PreferencePairs.LatestJudgedAsync(seen, cancellationToken)).ToList();
        if (found.Count < PlanEnumerator.LeastRows) return null;
        var sides = await split.SidesAsync(manifest.Agent, found.ConvertAll(p => InputText.Of(p.Input)), manifest.Evaluation.ValidationShare, cancellationToken);
        var known = manifest.Task.Decisions.ToHashSet(StringComparer.Ordinal);
        var pairs = found.Where((p, i) => sides[i] == SplitSide.Training && p.Preferred.Decision != p.NonPreferred.Decision
            && known.Contains(p.Preferred.Decision) && known.Contains(p.NonPreferred.Decision)).ToList();
        if (pairs.Count < PlanEnumerator.LeastRows) return null;
        var feedback = new PreferenceFeedback(
            [.. pairs.Select(p => (new ModelRequest(p.Input).LastUserText, p.Preferred.Decision, p.NonPreferred.Decision))]);
        return await probe.ComparePairsAsync(dataset, feedback, fresh, manifest.Task, manifest.Student.Seed, cancellationToken);
    }

    /// <summary>How the verifier of self-play does on inputs that a teacher labelled; null where it can't be told, or the champion can't play.</summary>
    public async Task<VerifierAudit?> SelfPlayAsync(
        PlanRoundInput round, AgentManifest manifest, AgentVersion? champion, string? pilot, decimal left, CancellationToken cancellationToken) =>
        champion is null || pilot is null ? null
            : await audit.AuditAsync(round.Run, round.Look, manifest, champion, pilot, AuditShare * Math.Max(0, left), cancellationToken);

    private ICurveProbe? ProbeOf(AgentManifest manifest) => probes.FirstOrDefault(p => p.Trainer == manifest.Student.Trainer);
}
