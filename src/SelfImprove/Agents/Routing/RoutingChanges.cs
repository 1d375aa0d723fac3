namespace SelfImprove.Agents.Routing;

/// <summary>
/// The transitions of a routing table: pure, so that <see cref="RoutingStore.ChangeAsync"/> can try them again on a newer table. Each is
/// idempotent: asked for a second time, the table is so already. Revision, time and author are the store's to set.
/// </summary>
public static class RoutingChanges
{
    /// <summary>How many former champions are remembered.</summary>
    public const int MaxPreviousChampions = 20;

    /// <summary>Puts a challenger beside the champion: in the shadow, or on a share of the callers. From the shadow it goes on to its share, never back.</summary>
    public static RoutingChange StartExperiment(RoutingTable table, ExperimentRoute experiment) => table.Experiment switch
    {
        { Stage: RolloutStage.Shadow } now when now.Id == experiment.Id && now.Challenger == experiment.Challenger && experiment.Stage == RolloutStage.Test =>
            HasItsShare(experiment) ? RoutingChange.To(table with { Experiment = experiment }) : RoutingChange.Refused(table, NotAShare(experiment.Share)),
        { } now when now.Id == experiment.Id && now.Challenger == experiment.Challenger => RoutingChange.Already(table),
        { } now when now.Id == experiment.Id =>
            RoutingChange.Refused(table, $"Experiment {now.Id} tests {now.Challenger}; it can't test {experiment.Challenger} too."),
        { } now => RoutingChange.Refused(table, $"Experiment {now.Id} is under way: an agent has one at a time. Wait for its end, or withdraw it."),
        null when table.Champion == experiment.Challenger =>
            RoutingChange.Refused(table, $"{experiment.Challenger} is the champion already: there is nothing to test it against."),
        null when !HasItsShare(experiment) => RoutingChange.Refused(table, experiment.Stage == RolloutStage.Shadow
            ? $"A challenger in the shadow has no share of the traffic; asked for {experiment.Share:0.###}."
            : NotAShare(experiment.Share)),
        null => RoutingChange.To(table with { Experiment = experiment }),
    };

    /// <summary>Gives the challenger more traffic. A share never falls within an experiment: a caller would flip between versions.</summary>
    public static RoutingChange RaiseShare(RoutingTable table, string experiment, double share) => table.Experiment switch
    {
        null => RoutingChange.Refused(table, $"Experiment {experiment} is not under way."),
        { } now when now.Id != experiment => RoutingChange.Refused(table, $"The experiment under way is {now.Id}, not {experiment}."),
        { Stage: RolloutStage.Shadow } => RoutingChange.Refused(table, $"{table.Experiment.Challenger} is in the shadow: it gets traffic when the A/B test begins."),
        _ when !IsShare(share) => RoutingChange.Refused(table, NotAShare(share)),
        { } now when share < now.Share =>
            RoutingChange.Refused(table, $"The share is {now.Share:0.###} and never falls; asked for {share:0.###}. Withdraw the challenger instead."),
        { } now when share.Equals(now.Share) => RoutingChange.Already(table),
        { } now => RoutingChange.To(table with { Experiment = now with { Share = share } }),
    };

    /// <summary>Makes the challenger the champion and ends the experiment.</summary>
    /// <param name="table">The table.</param>
    /// <param name="experiment">The experiment that proved it.</param>
    /// <param name="challenger">The version that it tested.</param>
    public static RoutingChange Promote(RoutingTable table, string experiment, string challenger) => table.Experiment switch
    {
        { Stage: RolloutStage.Shadow } now when now.Id == experiment => RoutingChange.Refused(table, $"{now.Challenger} is in the shadow: nothing seen there makes it champion."),
        { } now when now.Id == experiment && now.Challenger == challenger => RoutingChange.To(Crown(table, challenger)),
        { } now when now.Id == experiment => RoutingChange.Refused(table, $"Experiment {experiment} tests {now.Challenger}, not {challenger}."),
        _ when table.Champion == challenger => RoutingChange.Already(table),
        { } now => RoutingChange.Refused(table, $"The experiment under way is {now.Id}, not {experiment}: {challenger} proved nothing there."),
        null => RoutingChange.Refused(table, $"Experiment {experiment} is not under way: it was withdrawn, or never started."),
    };

    /// <summary>Ends an experiment; the champion gets all traffic again. Nothing to do where it isn't (or no longer) under way.</summary>
    public static RoutingChange Withdraw(RoutingTable table, string experiment) =>
        table.Experiment?.Id == experiment ? RoutingChange.To(table with { Experiment = null }) : RoutingChange.Already(table);

    /// <summary>Takes the agent out of operation for a run.</summary>
    public static RoutingChange Pause(RoutingTable table, PausedRoute pause) => table.Pause switch
    {
        null => RoutingChange.To(table with { Pause = pause }),
        { } now when now == pause => RoutingChange.Already(table),
        { } now when now.Run == pause.Run => RoutingChange.To(table with { Pause = pause }),
        { } now => RoutingChange.Refused(table, $"The agent is paused already, by run {now.Run}."),
    };

    /// <summary>Puts the agent back into operation.</summary>
    /// <param name="table">The table.</param>
    /// <param name="run">The run that paused it; null for a person, who may lift any pause.</param>
    public static RoutingChange Resume(RoutingTable table, string? run) => table.Pause switch
    {
        null => RoutingChange.Already(table),
        { } now when run is not null && now.Run != run => RoutingChange.Refused(table, $"The agent is paused by run {now.Run}; {run} can't lift that."),
        _ => RoutingChange.To(table with { Pause = null }),
    };

    /// <summary>
    /// Makes an earlier version the champion again and ends any experiment: its comparison would be with another champion. That the
    /// version exists is the caller's to check.
    /// </summary>
    public static RoutingChange RollBackTo(RoutingTable table, string version)
    {
        if (table.Champion != version) return RoutingChange.To(Crown(table, version));
        return table.Experiment is null ? RoutingChange.Already(table) : RoutingChange.To(table with { Experiment = null });
    }

    private static RoutingTable Crown(RoutingTable table, string version) => table with
    {
        Champion = version,
        Experiment = null,
        PreviousChampions = [.. table.PreviousChampions.Where(v => v != version).Prepend(table.Champion).Distinct().Take(MaxPreviousChampions)],
    };

    private static bool HasItsShare(ExperimentRoute experiment) => experiment.Stage == RolloutStage.Shadow ? experiment.Share == 0 : IsShare(experiment.Share);

    private static bool IsShare(double share) => share is > 0 and < 1;

    private static string NotAShare(double share) => $"A share of traffic lies between 0 and 1, both excluded; found {share:0.###}.";
}
