using SelfImprove.Agents.Routing;

namespace SelfImprove.Loop;

/// <summary>Takes back what a run did to an agent's routing, where its stages could not: its challenger, its pause.</summary>
/// <param name="routing">The routing tables.</param>
public sealed class RouteCleanup(RoutingStore routing)
{
    /// <summary>Cleans up after a run. Another run's experiment or pause is left alone.</summary>
    public async Task CleanAsync(string agent, string run, CancellationToken cancellationToken = default)
    {
        if (await routing.GetAsync(agent, cancellationToken) is not { } table) return;
        if (table.Experiment is { } experiment && BelongsTo(experiment.Id, run))
            await routing.ChangeAsync(agent, t => RoutingChanges.Withdraw(t, experiment.Id), run, cancellationToken);
        if (table.Pause is { } pause && pause.Run == run)
            await routing.ChangeAsync(agent, t => RoutingChanges.Resume(t, run), run, cancellationToken);
    }

    /// <summary>Whether an experiment is a run's: its id is the run's, or begins with it and a separator.</summary>
    private static bool BelongsTo(string experiment, string run) =>
        experiment == run || (experiment.StartsWith(run, StringComparison.Ordinal) && !char.IsAsciiLetterOrDigit(experiment[run.Length]));
}
