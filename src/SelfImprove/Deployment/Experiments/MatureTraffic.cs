using SelfImprove.Agents.Manifests;
using SelfImprove.Evaluation;
using SelfImprove.Monitoring.Events;

namespace SelfImprove.Deployment.Experiments;

/// <summary>
/// The requests of an experiment whose time for feedback is over. A request enters once, with the judgements given within <c>feedback.maturity</c> of
/// it; later ones are ignored. Without that, thumbs that come at other speeds up and down bias a test whose share grows.
/// </summary>
public static class MatureTraffic
{
    /// <summary>The time before which requests are mature.</summary>
    public static DateTimeOffset Until(DateTimeOffset now, FeedbackSettings feedback) => now - feedback.Maturity;

    /// <summary>The experiment's requests served in [<paramref name="from"/>, <paramref name="until"/>), in the order of time, then id.</summary>
    public static async Task<IReadOnlyList<ExperimentObservation>> ReadAsync(
        TrafficReader traffic, AgentManifest manifest, string experiment, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var found = new List<(DateTimeOffset Time, string Id, ExperimentObservation Observation)>();
        await foreach (var observed in traffic(manifest.Agent, from, until, i => i.Time + manifest.Feedback.Maturity, cancellationToken))
        {
            if (observed.Interaction.Routing is not { Probability: > 0 and < 1 } stamp || stamp.Experiment != experiment) continue;
            found.Add((observed.Interaction.Time, observed.Interaction.Id, Of(observed, stamp, manifest)));
        }
        found.Sort((a, b) => a.Time != b.Time ? a.Time.CompareTo(b.Time) : string.CompareOrdinal(a.Id, b.Id));
        return [.. found.Select(f => f.Observation)];
    }

    private static ExperimentObservation Of(ObservedInteraction observed, RoutingStamp stamp, AgentManifest manifest)
    {
        var interaction = observed.Interaction;
        return new ExperimentObservation(
            interaction.Key ?? interaction.Id,
            stamp.Challenger,
            stamp.Challenger ? stamp.Probability : 1 - stamp.Probability,
            Reward(observed, manifest),
            interaction.Error is not null,
            interaction.Error is null && interaction.Output is null or { ToolCalls: null or { Count: 0 }, Text: null or "" },
            interaction.LatencyMs);
    }

    private static double? Reward(ObservedInteraction observed, AgentManifest manifest)
    {
        var metric = manifest.Metrics.FirstOrDefault(m => m.Name == manifest.Goal.Metric);
        var closes = observed.Interaction.Time + manifest.Feedback.Maturity;
        var (sum, count) = (0.0, 0);
        foreach (var feedback in observed.Feedback)
        {
            if (feedback.Metric != manifest.Goal.Metric || feedback.Time > closes || feedback.Value is not { } value || metric?.Reward(value) is not { } reward)
                continue;
            sum += reward;
            count++;
        }
        return count == 0 ? null : sum / count;
    }
}
