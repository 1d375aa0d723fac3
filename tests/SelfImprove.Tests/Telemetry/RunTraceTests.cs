using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Log;
using SelfImprove.Models;
using SelfImprove.Runs;
using SelfImprove.Telemetry;
using SelfImprove.Testing.Loop;
using SelfImprove.Testing.Telemetry;

namespace SelfImprove.Tests.Telemetry;

/// <summary>One trace for a whole run: from the interactions that called for it to the promotion.</summary>
[Collection(TelemetryCollection.Name)]
public sealed class RunTraceTests
{
    private const string Caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static readonly DriftedWorld Origin = new();

    [Fact]
    public async Task Run_FromInteractionToPromotion_IsOneTrace()
    {
        await using var world = await Origin.ForkAsync();
        using var recorder = new TelemetryRecorder();
        await TracedAsync(world, "i-traced", Caller);

        (await world.EndAsync()).Ending.ShouldBe(ImprovementEnding.Promoted);

        var root = recorder.Spans.Single(s => s.OperationName == "start ImprovementLoop");
        root.TraceId.ToString().ShouldBe("0af7651916cd43dd8448eb211c80319c");
        root.ParentSpanId.ToString().ShouldBe("b7ad6b7169203331", "the run goes on where the interaction was served");
        root.Tag(TelemetryNames.Run).ShouldBe(DriftedWorld.Run);
        var caller = root.Links.Single(l => l.Context.TraceId.ToString() == "0af7651916cd43dd8448eb211c80319c");
        caller.Context.SpanId.ToString().ShouldBe("b7ad6b7169203331");
        caller.Tags!.Single(t => t.Key == TelemetryNames.ResponseId).Value.ShouldBe("i-traced");
        root.Links.Select(l => l.Context.TraceId).ShouldContain(recorder.Spans.Single(s => s.OperationName == "decide" && Equals(s.Tag(TelemetryNames.Outcome), "fired")).TraceId);

        var ofRun = recorder.Spans.Where(s => s.TraceId == root.TraceId).ToList();
        var stages = ofRun.Where(s => s.Tag(TelemetryNames.Stage) is not null).ToList();
        stages.Select(s => (string)s.Tag(TelemetryNames.Stage)!).Distinct().ShouldBe(["run", "planning", "data", "training", "evaluation", "rollout", "promotion"], ignoreOrder: true);
        stages.ShouldAllBe(s => s.ParentSpanId == root.SpanId);
        recorder.Spans.Where(s => s.Tag(TelemetryNames.Stage) is not null).ShouldAllBe(s => s.TraceId == root.TraceId, "every activity is in the run's trace");
        stages.Single(s => s.OperationName == "promotion PromoteChallenger").Tag(TelemetryNames.AgentVersion).ShouldBe("v2");
        ofRun.ShouldContain(s => s.OperationName.StartsWith("chat ", StringComparison.Ordinal) && stages.Any(stage => stage.SpanId == s.ParentSpanId), "models that a stage asks are its children");

        var whole = ofRun.Single(s => s.OperationName == "invoke_workflow ImprovementLoop");
        whole.Tag(TelemetryNames.Ending).ShouldBe("Promoted");
        whole.Tag(TelemetryNames.AgentVersion).ShouldBe("v2");
        whole.Duration.ShouldBeGreaterThan(TimeSpan.FromMinutes(1), "the A/B test took that much of the product's time");
        recorder.Of("selfimprove.runs").Single()[TelemetryNames.Ending].ShouldBe("Promoted");
        recorder.Of("selfimprove.trigger.decisions").ShouldContain(m => Equals(m[TelemetryNames.Outcome], "fired") && Equals(m[TelemetryNames.Trigger], "request"));
        recorder.Of("selfimprove.spend").Sum(m => m.Value).ShouldBe((double)(await world.SpendAsync()).Sum(e => e.Usd), 1e-6);
        recorder.Of("gen_ai.client.operation.duration").ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Run_OfUntracedInteractions_HasATraceOfItsOwn()
    {
        await using var world = await Origin.ForkAsync();
        using var recorder = new TelemetryRecorder();
        await world.LookAsync();

        var root = recorder.Spans.Single(s => s.OperationName == "start ImprovementLoop");
        root.ParentSpanId.ShouldBe(default);
        root.TraceId.ShouldBe(RunTrace.TraceIdOf(DriftedWorld.Run, (await world.ReadAsync<RunTrace>("trace.json"))!.StartedAt));
    }

    [Fact]
    public async Task Run_OfAnInteractionWhoseCallerKeptNoTrace_IsTakenInFull()
    {
        await using var world = await Origin.ForkAsync();
        using var recorder = new TelemetryRecorder();
        await TracedAsync(world, "i-unsampled", Caller[..^2] + "00");

        await world.LookAsync();

        recorder.Spans.Single(s => s.OperationName == "start ImprovementLoop").TraceId.ToString().ShouldBe("0af7651916cd43dd8448eb211c80319c");
        (await world.ReadAsync<RunTrace>("trace.json"))!.Traceparent.ShouldEndWith("-01");
    }

    [Fact]
    public async Task Run_RestartedInTheMiddle_StaysInItsTrace_AndTellsNoContent()
    {
        await using var world = await Origin.ForkAsync();
        using var recorder = new TelemetryRecorder();
        await world.LookAsync();
        await world.ReopenAsync();
        await world.EndAsync();

        recorder.Spans.Where(s => s.Tag(TelemetryNames.Stage) is not null).Select(s => s.TraceId).Distinct().Count().ShouldBe(1);
        var told = recorder.Everything();
        await foreach (var line in LogTextsAsync(world)) told.ShouldNotContain(line);
        told.ShouldNotContain("It is often wrong.", customMessage: "a requester's words are content too");
    }

    [Fact]
    public async Task Run_AtWhoseStartNobodyListened_HasTheTraceOfItsId()
    {
        await using var world = await Origin.ForkAsync();
        await world.LookAsync();
        using var recorder = new TelemetryRecorder();
        await world.EndAsync();

        recorder.Spans.Where(s => s.Tag(TelemetryNames.Stage) is not null).ShouldAllBe(s => s.TraceId == RunTrace.Untold(DriftedWorld.Run).TraceId);
        (await world.ReadAsync<RunTrace>("trace.json")).ShouldBeNull();
    }

    [Fact]
    public void TraceIdOf_SameRunAndStart_IsTheSame_AndOtherRunsHaveOthers()
    {
        var start = new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

        RunTrace.TraceIdOf("desk-0001", start).ShouldBe(RunTrace.TraceIdOf("desk-0001", start.ToOffset(TimeSpan.FromHours(2))));
        new[] { RunTrace.TraceIdOf("desk-0001", start), RunTrace.TraceIdOf("desk-0002", start), RunTrace.TraceIdOf("desk-0001", start.AddTicks(1)), RunTrace.Untold("desk-0001").TraceId }
            .Distinct().Count().ShouldBe(4);
    }

    [Theory]
    [InlineData("desk-0001", "desk", "desk-0001")]
    [InlineData("desk-0001/planning/1.1", "desk", "desk-0001")]
    [InlineData("front-desk-0012/data/1/labels/3", "front-desk", "front-desk-0012")]
    [InlineData("script", null, null)]
    [InlineData("../x-1", null, null)]
    public void RunOf_InstanceId_IsItsRunAndAgent(string instance, string? agent, string? run) =>
        RunTraces.RunOf(instance).ShouldBe(agent is null ? null : (agent, run!));

    private static async Task TracedAsync(ImprovementWorld world, string id, string traceparent)
    {
        var log = world.Get<EventLog>();
        await log.AppendAsync(ImprovementWorld.Agent, new Interaction
        {
            Id = id, Agent = ImprovementWorld.Agent, Time = world.Clock.GetUtcNow(), Version = "v1", Input = [ChatMessage.User("a text that is no other's")],
            Output = new AgentOutput(world.Known[0]), Traceparent = traceparent,
        });
    }

    private static async IAsyncEnumerable<string> LogTextsAsync(ImprovementWorld world)
    {
        await foreach (var entry in world.Store.ListAsync($"log/{ImprovementWorld.Agent}/"))
        {
            var text = System.Text.Encoding.UTF8.GetString((await world.Store.ReadAsync(entry.Path))!.Bytes.Span);
            foreach (var line in text.Split('\n').Where(l => l.StartsWith("{\"interaction\"", StringComparison.Ordinal)).Take(400))
                yield return System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("interaction").GetProperty("input")[0].GetProperty("content").GetString()!;
        }
    }
}
