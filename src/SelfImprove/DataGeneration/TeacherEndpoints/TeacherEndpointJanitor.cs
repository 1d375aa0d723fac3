using SelfImprove.Orchestration;

namespace SelfImprove.DataGeneration.TeacherEndpoints;

/// <summary>
/// Reconciles teachers' endpoints with the engine: what a terminated run held is let go, and what nobody holds is removed. Both hosts call it on a timer; it costs one
/// listing where no teacher was ever deployed.
/// </summary>
/// <param name="leases">Who holds what.</param>
/// <param name="client">Tells which orchestrations have ended.</param>
/// <param name="clock">Tells the time.</param>
public sealed class TeacherEndpointJanitor(EndpointLeases leases, IOrchestrationClient client, TimeProvider clock)
{
    /// <summary>What the engine does not know (any more) is given so long before it counts as ended.</summary>
    public static readonly TimeSpan Forgotten = TimeSpan.FromDays(1);

    /// <summary>A release and the removal that follows it are two steps: in between it is not the janitor's turn.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);

    /// <summary>Looks at every endpoint; gives how many removals it started.</summary>
    public async Task<int> TidyAsync(CancellationToken cancellationToken = default)
    {
        var started = 0;
        var now = clock.GetUtcNow();
        await foreach (var lease in leases.ListAsync(cancellationToken))
        {
            if (lease.State == LeaseState.Gone) continue;
            int? due = null;
            foreach (var (holder, since) in lease.Holders)
                if (await HasEndedAsync(holder, since, cancellationToken)) due = await leases.ReleaseAsync(lease.Endpoint.Name, holder, cancellationToken);
            if (lease is { State: LeaseState.Wanted, Holders.Count: 0 } && !(now - lease.IdleSince < Idle)) due = lease.Removals + 1;
            if (lease.State == LeaseState.Removing && !await IsUnderWayAsync(lease, cancellationToken)) due = lease.Removals;
            if (due is not { } removal) continue;
            var order = new DueRemoval(lease.Endpoint.Name, removal);
            if (await client.StartAsync(RemoveTeacherEndpoint.Ref, RemoveTeacherEndpoint.InstanceId(order, $"{now.UtcDateTime:yyyyMMddHHmm}"), order, cancellationToken)) started++;
        }
        return started;
    }

    private async Task<bool> HasEndedAsync(string instance, DateTimeOffset since, CancellationToken cancellationToken) =>
        await client.GetAsync(instance, cancellationToken) is { } state ? state.HasEnded : clock.GetUtcNow() - since >= Forgotten;

    private async Task<bool> IsUnderWayAsync(EndpointLease lease, CancellationToken cancellationToken)
    {
        await foreach (var state in client.ListAsync($"endpoints/{lease.Endpoint.Name}/{lease.Removals}/", cancellationToken))
            if (!state.HasEnded) return true;
        return false;
    }
}
