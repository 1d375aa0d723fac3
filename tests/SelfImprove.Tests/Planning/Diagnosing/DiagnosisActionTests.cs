using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration.Inbox;
using SelfImprove.Models;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Log;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing.Loop;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Tests.Planning.Diagnosing;

/// <summary>After each diagnosis the whole loop does the right thing.</summary>
public sealed class DiagnosisActionTests(DriftedWorld origin) : IClassFixture<DriftedWorld>
{
    private const string Agent = ImprovementWorld.Agent;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Run_RequestsFail_TrainsNothing(int seed)
    {
        await using var world = await origin.ForkAsync(name: $"fails-{seed}");
        await Task.WhenAll(Enumerable.Range(0, 150).Select(i => world.Get<EventLog>().AppendAsync(Agent, new Interaction
        {
            Id = $"x-{seed}-{i}", Agent = Agent, Time = world.Clock.GetUtcNow(), Version = "v1", Input = [ChatMessage.User($"please help {i}")],
            Output = i % 3 == 0 ? null : new AgentOutput(world.Known[0]), Error = i % 3 == 0 ? "timeout" : null,
        })));

        var outcome = await world.EndAsync(requests: 0);

        outcome.Ending.ShouldBe(ImprovementEnding.NothingToDo, outcome.Reason);
        outcome.Reason.ShouldContain("requests failed");
        world.Store.Paths.ShouldNotContain(p => p.Contains("dataset-1", StringComparison.Ordinal));
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Run_AfterABadPromotion_RollsBack(int seed)
    {
        await using var world = await origin.ForkAsync(name: $"worse-{seed}");
        var rows = world.Task.Examples(world.Known, 10).Select((r, i) => r with { Label = world.Known[(world.Known.ToList().IndexOf(r.Label) + (i % 2)) % world.Known.Count] }).ToList();
        await world.Get<IObjectStore>().WriteAsync("agents/desk/models/worse.model", StudentTrainer.Train(rows, SelfImprove.Training.Builtin.StudentSettings.Default, seed).ToBytes());
        var bad = await world.Get<VersionStore>().RegisterAsync(new VersionDraft { Agent = Agent, Model = "builtin:agents/desk/models/worse.model", Parent = "v1" });
        await world.Get<RoutingStore>().ChangeAsync(Agent, t => RoutingChanges.RollBackTo(t, bad.Id), null);
        await world.ServeAsync(320, world.AnyKnown);

        var outcome = await world.EndAsync(requests: 0);

        outcome.Ending.ShouldBe(ImprovementEnding.RolledBack, outcome.Reason);
        (await world.RoutingAsync()).Champion.ShouldBe("v1");
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Run_PeopleContradictEachOther_AsksPeople(int seed)
    {
        await using var world = await origin.ForkAsync(name: $"torn-{seed}");
        var events = new List<Task>();
        for (var i = 0; i < 60; i++)
        {
            // The same inputs again and again, corrected to one thing by some people and to another by others.
            var (id, text) = ($"t-{seed}-{i}", $"please sort this out number {i % 12} for me");
            var log = world.Get<EventLog>();
            events.Add(log.AppendAsync(Agent, new Interaction { Id = id, Agent = Agent, Time = world.Clock.GetUtcNow(), Version = "v1", Input = [ChatMessage.User(text)], Output = new AgentOutput(world.Known[0]), Trainable = true }));
            events.Add(log.AppendAsync(Agent, new Feedback
            {
                Id = $"d-{id}", Agent = Agent, Time = world.Clock.GetUtcNow(), Interaction = id, Metric = "demonstration", Demonstration = new AgentOutput(world.Known[1 + (i / 12 % 2)]),
                Source = new FeedbackSource(SourceKind.Human, $"p-{i}"),
            }));
        }
        await Task.WhenAll(events);
        world.Clock.Advance(TimeSpan.FromMinutes(1));

        await world.LookAsync(answerInbox: false);

        var choice = (await world.ReadAsync<PlanChoice>("plan-1.json"))!;
        choice.Diagnosis.Cause.ShouldBe(DiagnosisCause.ContradictoryLabels, string.Join(" ", choice.Diagnosis.Evidence));
        choice.Chosen!.Plan.Strategy.ShouldBe(PlanStrategy.People);
        (await world.Get<InboxService>().ListAsync(Agent, new InboxFilter(OpenOnly: true, Limit: 10))).ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Run_NewClasses_GathersData(int seed)
    {
        await using var world = await origin.ForkAsync(name: $"new-{seed}");

        await world.LookAsync(answerInbox: false);

        var choice = (await world.ReadAsync<PlanChoice>("plan-1.json"))!;
        choice.Diagnosis.Cause.ShouldBe(DiagnosisCause.InputShift, string.Join(" ", choice.Diagnosis.Evidence));
        choice.Diagnosis.UnseenShare.ShouldBeGreaterThan(0.2);
        choice.Chosen!.Plan.Rows.ShouldBeGreaterThan(0);
    }
}
