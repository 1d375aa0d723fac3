using SelfImprove.Agents.Routing;

namespace SelfImprove.Tests.Agents.Routing;

public sealed class RoutingChangesTests
{
    private static readonly DateTimeOffset T = new(2025, 3, 3, 9, 0, 0, TimeSpan.Zero);
    private static readonly RoutingTable Calm = new() { Revision = 7, Champion = "v2", PreviousChampions = ["v1"] };
    private static readonly RoutingTable Testing = Calm with { Experiment = new ExperimentRoute("e1", "v3", 0.25, T) };
    private static readonly RoutingTable Shaded = Calm with { Experiment = new ExperimentRoute("e1", "v3", 0, T, RolloutStage.Shadow) };
    private static readonly RoutingTable Paused = Calm with { Pause = new PausedRoute("r1", null, T) };

    public enum Outcome { Changed, Already, Refused }

    public static TheoryData<string, RoutingTable, Func<RoutingTable, RoutingChange>, Outcome> Transitions => new()
    {
        { "start on calm", Calm, t => RoutingChanges.StartExperiment(t, new("e1", "v3", 0.25, T)), Outcome.Changed },
        { "start again", Testing, t => RoutingChanges.StartExperiment(t, new("e1", "v3", 0.1, T)), Outcome.Already },
        { "start other challenger", Testing, t => RoutingChanges.StartExperiment(t, new("e1", "v4", 0.25, T)), Outcome.Refused },
        { "start second", Testing, t => RoutingChanges.StartExperiment(t, new("e2", "v4", 0.25, T)), Outcome.Refused },
        { "start the champion", Calm, t => RoutingChanges.StartExperiment(t, new("e1", "v2", 0.25, T)), Outcome.Refused },
        { "start share 0", Calm, t => RoutingChanges.StartExperiment(t, new("e1", "v3", 0, T)), Outcome.Refused },
        { "start share 1", Calm, t => RoutingChanges.StartExperiment(t, new("e1", "v3", 1, T)), Outcome.Refused },
        { "start share NaN", Calm, t => RoutingChanges.StartExperiment(t, new("e1", "v3", double.NaN, T)), Outcome.Refused },
        { "shadow on calm", Calm, t => RoutingChanges.StartExperiment(t, new("e1", "v3", 0, T, RolloutStage.Shadow)), Outcome.Changed },
        { "shadow with a share", Calm, t => RoutingChanges.StartExperiment(t, new("e1", "v3", 0.1, T, RolloutStage.Shadow)), Outcome.Refused },
        { "shadow again", Shaded, t => RoutingChanges.StartExperiment(t, new("e1", "v3", 0, T, RolloutStage.Shadow)), Outcome.Already },
        { "shadow late, during the test", Testing, t => RoutingChanges.StartExperiment(t, new("e1", "v3", 0, T, RolloutStage.Shadow)), Outcome.Already },
        { "test after the shadow", Shaded, t => RoutingChanges.StartExperiment(t, new("e1", "v3", 0.25, T)), Outcome.Changed },
        { "test after the shadow, share 0", Shaded, t => RoutingChanges.StartExperiment(t, new("e1", "v3", 0, T)), Outcome.Refused },
        { "test of another in the shadow", Shaded, t => RoutingChanges.StartExperiment(t, new("e2", "v4", 0.25, T)), Outcome.Refused },
        { "raise in the shadow", Shaded, t => RoutingChanges.RaiseShare(t, "e1", 0.5), Outcome.Refused },
        { "promote in the shadow", Shaded, t => RoutingChanges.Promote(t, "e1", "v3"), Outcome.Refused },
        { "withdraw from the shadow", Shaded, t => RoutingChanges.Withdraw(t, "e1"), Outcome.Changed },
        { "roll back to the champion in the shadow", Shaded, t => RoutingChanges.RollBackTo(t, "v2"), Outcome.Changed },
        { "raise", Testing, t => RoutingChanges.RaiseShare(t, "e1", 0.5), Outcome.Changed },
        { "raise to same", Testing, t => RoutingChanges.RaiseShare(t, "e1", 0.25), Outcome.Already },
        { "raise down", Testing, t => RoutingChanges.RaiseShare(t, "e1", 0.1), Outcome.Refused },
        { "raise to all", Testing, t => RoutingChanges.RaiseShare(t, "e1", 1), Outcome.Refused },
        { "raise another's", Testing, t => RoutingChanges.RaiseShare(t, "e2", 0.5), Outcome.Refused },
        { "raise none", Calm, t => RoutingChanges.RaiseShare(t, "e1", 0.5), Outcome.Refused },
        { "promote", Testing, t => RoutingChanges.Promote(t, "e1", "v3"), Outcome.Changed },
        { "promote again", Calm with { Champion = "v3" }, t => RoutingChanges.Promote(t, "e1", "v3"), Outcome.Already },
        { "promote another's", Testing, t => RoutingChanges.Promote(t, "e2", "v4"), Outcome.Refused },
        { "promote another version", Testing, t => RoutingChanges.Promote(t, "e1", "v4"), Outcome.Refused },
        { "promote withdrawn", Calm, t => RoutingChanges.Promote(t, "e1", "v3"), Outcome.Refused },
        { "withdraw", Testing, t => RoutingChanges.Withdraw(t, "e1"), Outcome.Changed },
        { "withdraw again", Calm, t => RoutingChanges.Withdraw(t, "e1"), Outcome.Already },
        { "withdraw mine, another's on", Testing, t => RoutingChanges.Withdraw(t, "e0"), Outcome.Already },
        { "pause", Calm, t => RoutingChanges.Pause(t, new("r1", "v1", T)), Outcome.Changed },
        { "pause again", Paused, t => RoutingChanges.Pause(t, new("r1", null, T)), Outcome.Already },
        { "pause longer", Paused, t => RoutingChanges.Pause(t, new("r1", null, T.AddHours(1))), Outcome.Changed },
        { "pause another's", Paused, t => RoutingChanges.Pause(t, new("r2", null, T)), Outcome.Refused },
        { "resume", Paused, t => RoutingChanges.Resume(t, "r1"), Outcome.Changed },
        { "resume by a person", Paused, t => RoutingChanges.Resume(t, null), Outcome.Changed },
        { "resume again", Calm, t => RoutingChanges.Resume(t, "r1"), Outcome.Already },
        { "resume another's", Paused, t => RoutingChanges.Resume(t, "r2"), Outcome.Refused },
        { "roll back", Calm, t => RoutingChanges.RollBackTo(t, "v1"), Outcome.Changed },
        { "roll back during a test", Testing, t => RoutingChanges.RollBackTo(t, "v1"), Outcome.Changed },
        { "roll back to the champion during a test", Testing, t => RoutingChanges.RollBackTo(t, "v2"), Outcome.Changed },
        { "roll back to the champion", Calm, t => RoutingChanges.RollBackTo(t, "v2"), Outcome.Already },
    };

    [Theory]
    [MemberData(nameof(Transitions))]
    public void Transition_OfTable_HasItsOutcomeAndIsIdempotent(string name, RoutingTable table, Func<RoutingTable, RoutingChange> change, Outcome expected)
    {
        var made = change(table);

        (made.Refusal is not null ? Outcome.Refused : made.Changed ? Outcome.Changed : Outcome.Already).ShouldBe(expected, name);
        if (expected != Outcome.Changed) made.Table.ShouldBe(table);
        else change(made.Table!).ShouldSatisfyAllConditions(c => c.Holds.ShouldBeTrue(), c => c.Changed.ShouldBeFalse());
    }

    [Fact]
    public void Promote_Challenger_KeepsTheFormerChampionAndEndsTheTest()
    {
        var table = RoutingChanges.Promote(Testing, "e1", "v3").Table!;

        table.Champion.ShouldBe("v3");
        table.Experiment.ShouldBeNull();
        table.PreviousChampions.ShouldBe(["v2", "v1"]);
    }

    [Fact]
    public void Promote_Often_RemembersTwenty()
    {
        var table = Calm;
        for (var v = 3; v < 40; v++)
            table = RoutingChanges.Promote(RoutingChanges.StartExperiment(table, new($"e{v}", $"v{v}", 0.5, T)).Table!, $"e{v}", $"v{v}").Table!;

        table.PreviousChampions.ShouldBe(Enumerable.Range(19, 20).Reverse().Select(v => $"v{v}"));
    }

    [Fact]
    public void RollBackTo_Earlier_EndsTheTestAndKeepsThePause()
    {
        var table = RoutingChanges.RollBackTo(Testing with { Pause = Paused.Pause }, "v1").Table!;

        table.Champion.ShouldBe("v1");
        table.Experiment.ShouldBeNull();
        table.Pause.ShouldBe(Paused.Pause);
        table.PreviousChampions.ShouldBe(["v2"]);
    }
}
