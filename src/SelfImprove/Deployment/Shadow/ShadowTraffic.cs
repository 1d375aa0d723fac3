using SelfImprove.Agents.Manifests;
using SelfImprove.Deployment.Serving;
using SelfImprove.Evaluation;
using SelfImprove.Monitoring.Events;

namespace SelfImprove.Deployment.Shadow;

/// <summary>
/// The requests of a shadow stage that wait for the challenger's answer: what the champion was asked since the stage began, by the gateway or by callers who report
/// their interactions. Which ones is decided by a hash of experiment and id: no randomness, and the same on every machine.
/// </summary>
public static class ShadowTraffic
{
    /// <summary>Callers who report their interactions may do so this late, and be seen.</summary>
    public static readonly TimeSpan LateBy = TimeSpan.FromHours(1);

    /// <summary>Whether a request is in the sample.</summary>
    public static bool IsSampled(string experiment, string interaction, double share) => Router.Bucket(experiment, interaction) < share;

    /// <summary>The earliest ones waiting, at most <paramref name="most"/>, in the order of time, then id.</summary>
    public static async Task<IReadOnlyList<Interaction>> WaitingAsync(
        TrafficReader traffic, AgentManifest manifest, string champion, ShadowState state, DateTimeOffset now, int most, CancellationToken cancellationToken)
    {
        var late = state.ReplayedUntil - LateBy;
        var from = late > state.StartedAt ? late : state.StartedAt;
        // The earliest so far; of a flood of requests no more are held than are wanted.
        var waiting = new SortedSet<Interaction>(Comparer<Interaction>.Create((a, b) => a.Time != b.Time ? a.Time.CompareTo(b.Time) : string.CompareOrdinal(a.Id, b.Id)));
        await foreach (var observed in traffic(manifest.Agent, from, now, i => i.Time, cancellationToken))
        {
            var interaction = observed.Interaction;
            if (!IsAnswer(interaction, champion) || !IsSampled(state.Experiment, interaction.Id, manifest.Deployment.Rollout.Shadow.Share) || state.Has(interaction.Id)) continue;
            waiting.Add(interaction);
            if (waiting.Count > most) waiting.Remove(waiting.Max!);
        }
        return [.. waiting];
    }

    // Who reports interactions may not know the version: in the shadow stage there is one that answers. What is kept out of training is kept from teachers and judges
    // too, as in evaluation; an answer that its caller broke off is marked so.
    private static bool IsAnswer(Interaction interaction, string champion) =>
        (interaction.Version is null || interaction.Version == champion) && interaction.Input.Count > 0
        && (interaction.Output is not null || interaction.Error is not null) && interaction.Trainable != false;
}
