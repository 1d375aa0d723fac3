using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Monitoring.Triggers;

namespace SelfImprove.Planning;

/// <summary>
/// The planner looking at its agent by itself: which slice, if it were mended, would return most? Where that is worth well over what
/// mending costs, it asks for an improvement, at most once a day; the <c>request</c> trigger decides whether it is heard.
/// </summary>
public sealed class Introspection(ManifestStore manifests, RoutingStore routing, IReturnEstimator estimator, RequestBook requests, TimeProvider clock)
{
    /// <summary>Judged requests of the champion before its slices say anything.</summary>
    public const int FewestJudged = 300;

    /// <summary>Judged requests of a slice before it is looked at.</summary>
    public const int FewestOfSlice = 30;

    /// <summary>How many times its cost the mending of one slice has to be worth.</summary>
    public const decimal WorthOverCost = 2;

    /// <summary>Looks, and asks where it pays.</summary>
    /// <returns>The request; null where there is nothing to ask for, or the day's request was made.</returns>
    public async Task<ImprovementRequest?> LookAsync(string agent, AgentSignals signals, CancellationToken cancellationToken = default)
    {
        if (await manifests.GetAsync(agent, cancellationToken) is not { Manifest: var manifest } || manifest.Triggers.All(t => t.Kind != TriggerKind.Request)) return null;
        var id = $"planner-{clock.GetUtcNow().UtcDateTime:yyyy-MM-dd}";
        if (await routing.CurrentAsync(agent, cancellationToken) is not { } table || Worst(signals.Versions.GetValueOrDefault(table.Champion), manifest) is not { } worst) return null;
        if (await requests.GetAsync(agent, id, cancellationToken) is not null) return null;
        var worth = (decimal)(worst.RecoverableMass * PlanScorer.WorthOfGain(manifest));
        if (await estimator.EstimateAsync(agent, cancellationToken) is not { CostUsd: > 0 } estimate || worth < WorthOverCost * estimate.CostUsd) return null;
        return await requests.AskAsync(
            agent, id, new Requester(RequesterKind.Planner),
            $"The slice {worst.Slice} ({worst.Share:P1} of the traffic, error {worst.Error:0.00}) alone loses {worst.RecoverableMass:0.000} of mean reward, worth {worth:0} USD over the horizon; a plan costs about {estimate.CostUsd:0} USD.",
            cancellationToken);
    }

    /// <summary>The slice that loses most of what the best teacher would not; null where none is known well enough.</summary>
    public static SliceDiagnosis? Worst(VersionSignals? champion, AgentManifest manifest)
    {
        if (champion is null || champion.Judged < FewestJudged) return null;
        var reachable = 1 - manifest.Teachers.Select(t => t.Accuracy).DefaultIfEmpty(1).Max();
        var wrong = manifest.Feedback.WrongShare;
        return champion.Slices
            .Where(s => s.Key.StartsWith("decision=", StringComparison.Ordinal) && s.Value.Judged >= FewestOfSlice)
            .Select(s => (Name: s.Key["decision=".Length..], Share: (double)s.Value.Interactions / champion.Interactions, Error: Math.Clamp(1 - (((s.Value.RewardSum / s.Value.Judged) - wrong) / (1 - (2 * wrong))), 0, 1)))
            .Select(s => new SliceDiagnosis(s.Name, s.Share, s.Error, s.Share * Math.Max(0, s.Error - reachable)))
            .Where(s => s.RecoverableMass > 0)
            .OrderByDescending(s => s.RecoverableMass).ThenBy(s => s.Slice, StringComparer.Ordinal).FirstOrDefault();
    }
}
