using SelfImprove.Agents.Manifests;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>What holds an improvement back, whatever fired.</summary>
/// <param name="spend">Tells what was spent this month.</param>
/// <param name="leases">Tell which runs are on.</param>
internal sealed class TriggerGuards(SpendBook spend, LeaseBook leases)
{
    /// <summary>All guards that hold, each for a person.</summary>
    /// <param name="manifest">The agent's manifest.</param>
    /// <param name="state">What its triggers remember.</param>
    /// <param name="champion">The version that serves; null for none.</param>
    /// <param name="now">Now.</param>
    /// <param name="byPerson">Whether a person asked: the cool-down does not hold them back.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyList<string>> HoldingAsync(
        AgentManifest manifest, TriggerState state, string? champion, DateTimeOffset now, bool byPerson, CancellationToken cancellationToken)
    {
        var holding = new List<string>();
        if (manifest.Improvement.Mode == ImprovementMode.Off) holding.Add("improvement.mode is off: the agent is watched only.");
        if (champion is null) holding.Add("No version serves the agent yet.");
        var agentLease = await leases.ReadAsync(LeaseBook.ForAgent(manifest.Agent), cancellationToken);
        if (state.Active is { } active) holding.Add($"Run {active} is under way.");
        else if (IsHeld(agentLease, now)) holding.Add($"Run {agentLease!.Run} holds the agent.");
        if (manifest.Group is { } group && await leases.ReadAsync(LeaseBook.ForGroup(group), cancellationToken) is { } lease && IsHeld(lease, now) && lease.Run != state.Active)
            holding.Add($"Run {lease.Run} of another agent of group {group} is under way.");
        if (!byPerson && state.LastEnded is { } ended && ended + manifest.Improvement.CoolDown > now)
            holding.Add($"The last run ended at {ended:u}: cool-down until {ended + manifest.Improvement.CoolDown:u}.");
        var spent = await spend.ThisMonthAsync(manifest.Agent, cancellationToken);
        if (manifest.Budget.PerMonth > 0 && spent >= manifest.Budget.PerMonth)
            holding.Add(FormattableString.Invariant($"{spent:0.##} USD of this month's budget of {manifest.Budget.PerMonth:0.##} are spent."));
        return holding;
    }

    private static bool IsHeld(Lease? lease, DateTimeOffset now) => lease?.Run is not null && !(lease.Expires <= now);
}
