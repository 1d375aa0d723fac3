using System.Text;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Ingestion;
using SelfImprove.Tests.Monitoring.Support;
using static SelfImprove.Tests.Monitoring.Support.MonitoringWorld;

namespace SelfImprove.Tests.Monitoring;

public class EventIngestionTests
{
    private const string Good = """{"id":"i1","input":[{"role":"user","content":"hi"}],"output":{"text":"alpha"}}""";
    private readonly MonitoringWorld _world = new();
    private readonly EventIngestion _ingestion;
    private int _ids;

    public EventIngestionTests() => _ingestion = New(new IngestionOptions());

    private EventIngestion New(IngestionOptions options) => new(_world.Log, _world.Lookup, _world.Clock, options, () => $"made-{++_ids}");

    private Task<IngestResult> SendAsync(string body, IngestKind kind = IngestKind.Interactions, IngestFormat format = IngestFormat.Json, string agent = Agent) =>
        _ingestion.IngestAsync(agent, Encoding.UTF8.GetBytes(body), kind, format);

    private async Task<EventOutcome> OneAsync(string body, IngestKind kind = IngestKind.Interactions) => (await SendAsync(body, kind)).Events.Single();

    private async Task<List<ObservedInteraction>> ObserveAsync()
    {
        var all = new List<ObservedInteraction>();
        await foreach (var seen in _world.Observed.ReadAsync(Agent, Start.AddDays(-1), Start.AddDays(1))) all.Add(seen);
        return all;
    }

    [Fact]
    public async Task Ingest_Interaction_IsStoredWithAgentAndTimeFilledIn()
    {
        (await OneAsync(Good)).ShouldBe(new EventOutcome(0, "i1", EventStatus.Accepted));
        var stored = (await ObserveAsync()).Single().Interaction;
        (stored.Id, stored.Agent, stored.Time, stored.Output!.Text).ShouldBe(("i1", Agent, Start, "alpha"));
    }

    [Fact]
    public async Task Ingest_BatchWithBadLines_RejectsThoseAloneByIndex()
    {
        var body = string.Join("\r\n", Good, "", "{oops", Good.Replace("i1", "i2"), "{\"id\":5}", "[]", Good.Replace("i1", "i3"));
        var result = await SendAsync(body, format: IngestFormat.Ndjson);
        result.Events.Select(e => (e.Index, e.Status)).ShouldBe([
            (0, EventStatus.Accepted), (1, EventStatus.Rejected), (2, EventStatus.Accepted), (3, EventStatus.Rejected), (4, EventStatus.Rejected), (5, EventStatus.Accepted)]);
        result.Events.Where(e => e.Status == EventStatus.Rejected).ShouldAllBe(e => e.Reason == "malformed" && e.Detail!.Length > 10);
        (await _world.FoldAsync()).Interactions.ShouldBe(3);
    }

    [Theory]
    [InlineData("""{"input":[{"role":"user"}]}""", "bad-id")]
    [InlineData("""{"id":"../x","input":[{"role":"user"}]}""", "bad-id")]
    [InlineData("""{"id":"a","agent":"other","input":[{"role":"user"}]}""", "wrong-agent")]
    [InlineData("""{"id":"a","input":[]}""", "bad-field")]
    [InlineData("""{"id":"a","input":[null]}""", "bad-field")]
    [InlineData("""{"id":"a","input":[{"role":"boss","content":"x"}]}""", "bad-field")]
    [InlineData("""{"id":"a","input":"x"}""", "malformed")]
    [InlineData("""{"id":"a","id":"b","input":[{"role":"user"}]}""", "malformed")]
    [InlineData("""{"id":"a","time":"2026-03-01T10:06:00Z","input":[{"role":"user"}]}""", "bad-time")]
    [InlineData("""{"id":"a","time":"2020-03-01T10:06:00Z","input":[{"role":"user"}]}""", "bad-time")]
    [InlineData("""{"id":"a","time":"soon","input":[{"role":"user"}]}""", "malformed")]
    [InlineData("""{"id":"a","confidence":1.5,"input":[{"role":"user"}]}""", "bad-field")]
    [InlineData("""{"id":"a","latencyMs":1e999,"input":[{"role":"user"}]}""", "bad-field")]
    [InlineData("""{"id":"a","latencyMs":"NaN","input":[{"role":"user"}]}""", "malformed")]
    [InlineData("""{"id":"a","tags":{"Bad Name":"x"},"input":[{"role":"user"}]}""", "bad-field")]
    [InlineData("""{"id":"a","routing":{"revision":1,"experiment":"e","challenger":false,"probability":0},"input":[{"role":"user"}]}""", "bad-field")]
    [InlineData("""null""", "malformed")]
    public async Task Ingest_BadInteraction_IsRejectedWithReason(string json, string reason)
    {
        var outcome = await OneAsync(json);
        (outcome.Status, outcome.Reason).ShouldBe((EventStatus.Rejected, reason), outcome.Detail);
        _world.Memory.Paths.ShouldBeEmpty();
    }

    [Fact]
    public async Task Ingest_TooManyTags_DeepJsonAndOversizedEvent_AreRejected()
    {
        var tags = string.Join(',', Enumerable.Range(0, 17).Select(i => $"\"t{i}\":\"x\""));
        (await OneAsync($$"""{"id":"a","tags":{{{tags}}},"input":[{"role":"user"}]}""")).Reason.ShouldBe("bad-field");
        var deep = new string('[', 40) + new string(']', 40);
        (await OneAsync($$"""{"id":"a","x":{{deep}},"input":[{"role":"user"}]}""")).Reason.ShouldBe("malformed");
        (await OneAsync(Good.Replace("hi", new string('x', 300_000)))).Reason.ShouldBe("too-large");
    }

    [Fact]
    public async Task Ingest_BodyBounds_RefuseTheWholeBody()
    {
        var small = New(new IngestionOptions { MaxBodyBytes = 100, MaxEvents = 2 });
        (await small.IngestAsync(Agent, new byte[101], IngestKind.Interactions, IngestFormat.Ndjson)).Refusal.ShouldBe(IngestRefusal.TooLarge);
        (await small.IngestAsync(Agent, "{}\n{}\n{}"u8.ToArray(), IngestKind.Interactions, IngestFormat.Ndjson)).Refusal.ShouldBe(IngestRefusal.TooLarge);
        (await SendAsync(Good, agent: "nobody")).Refusal.ShouldBe(IngestRefusal.UnknownAgent);
        (await SendAsync("[{\"id\":\"a\"")).Refusal.ShouldBe(IngestRefusal.Malformed);
        (await SendAsync(" ")).Refusal.ShouldBe(IngestRefusal.Malformed);
    }

    [Fact]
    public async Task Ingest_SameIdAgain_IsADuplicateOrAConflict()
    {
        await SendAsync(Good);
        _world.Clock.Advance(TimeSpan.FromSeconds(5));
        var result = await SendAsync($"[{Good},{Good.Replace("alpha", "beta")},{Good.Replace("i1", "i2")},{Good.Replace("i1", "i2")}]");
        result.Events.Select(e => e.Status).ShouldBe([EventStatus.Duplicate, EventStatus.Conflict, EventStatus.Accepted, EventStatus.Duplicate]);
        (await _world.FoldAsync()).DeadLetters.ShouldBe(0);
    }

    [Fact]
    public async Task Ingest_AfterAFailedFlush_TheSameEventIsNotCalledADuplicate()
    {
        _world.Memory.Fail = (_, _) => false;
        await Should.ThrowAsync<SelfImprove.Monitoring.Log.EventLogWriteException>(() => SendAsync(Good));
        _world.Memory.Fail = null;
        (await OneAsync(Good)).Status.ShouldBe(EventStatus.Accepted);
    }

    [Theory]
    [InlineData("""{"id":"f1","interaction":"i1","metric":"helpful","value":true,"source":{"kind":"human","id":"ann"}}""", 1.0)]
    [InlineData("""{"inference_id":"i1","metric_name":"helpful","value":false}""", 0.0)]
    [InlineData("""{"id":"f1","interaction":"i1","metric":"helpful","value":1,"source":"agent:crm"}""", 1.0)]
    public async Task Ingest_Feedback_TakesBothForms(string json, double reward)
    {
        await SendAsync(Good);
        (await OneAsync(json, IngestKind.Feedback)).Status.ShouldBe(EventStatus.Accepted);
        (await ObserveAsync()).Single().Reward.ShouldBe(reward);
    }

    [Theory]
    [InlineData("""{"id":"f","interaction":"i1","metric":"speed","value":1}""", "unknown-metric")]
    [InlineData("""{"id":"f","interaction":"i1","value":1}""", "unknown-metric")]
    [InlineData("""{"id":"f","interaction":"i1","metric":"stars","value":7}""", "bad-value")]
    [InlineData("""{"id":"f","interaction":"i1","metric":"stars","value":"NaN"}""", "bad-value")]
    [InlineData("""{"id":"f","interaction":"i1","metric":"stars","value":NaN}""", "malformed")]
    [InlineData("""{"id":"f","interaction":"i1","metric":"helpful","value":"yes"}""", "bad-value")]
    [InlineData("""{"id":"f","metric":"helpful","value":true}""", "bad-field")]
    [InlineData("""{"id":"f","interaction":"i1","episode":"e1","metric":"helpful","value":true}""", "bad-field")]
    [InlineData("""{"id":"f","interaction":"i1","inference_id":"i2","metric":"helpful","value":true}""", "bad-field")]
    [InlineData("""{"id":"f","interaction":"i/1","metric":"helpful","value":true}""", "bad-id")]
    [InlineData("""{"id":"f","interaction":"i1","metric":"helpful","value":true,"source":"boss:ann"}""", "bad-field")]
    [InlineData("""{"id":"f","interaction":"i1","metric":"comment"}""", "bad-value")]
    [InlineData("""{"id":"f","interaction":"i1","metric":"demonstration","value":{}}""", "bad-value")]
    public async Task Ingest_BadFeedback_IsRejectedWithReason(string json, string reason)
    {
        var outcome = await OneAsync(json, IngestKind.Feedback);
        (outcome.Status, outcome.Reason).ShouldBe((EventStatus.Rejected, reason), outcome.Detail);
    }

    [Fact]
    public async Task Ingest_CommentsAndDemonstrations_AreKeptButNoReward()
    {
        await SendAsync(Good);
        var body = string.Join('\n',
            """{"id":"f1","inference_id":"i1","metric_name":"comment","value":"too slow"}""",
            """{"id":"f2","inference_id":"i1","metric_name":"demonstration","value":"beta","source":"human:a"}""",
            """{"id":"f3","inference_id":"i1","metric_name":"demonstration","value":[{"type":"tool_call","name":"pay","arguments":{"eur":3}}],"source":"human:b"}""",
            """{"id":"f4","inference_id":"i1","metric_name":"helpful","value":true,"dryrun":true}""");
        (await SendAsync(body, IngestKind.Feedback, IngestFormat.Ndjson)).Count(EventStatus.Accepted).ShouldBe(4);
        var seen = (await ObserveAsync()).Single();
        seen.Reward.ShouldBeNull();
        seen.Feedback.Single(f => f.Id == "f1").Comment.ShouldBe("too slow");
        seen.Feedback.Single(f => f.Id == "f2").Demonstration!.Text.ShouldBe("beta");
        seen.Feedback.Single(f => f.Id == "f3").Demonstration!.ToolCalls.ShouldBe([new ToolCall("pay", """{"eur":3}""")]);
    }

    [Fact]
    public async Task Ingest_MixedEvents_AreUnwrapped()
    {
        var body = $$$"""
            {"interaction":{{{Good}}}}
            {"feedback":{"id":"f1","interaction":"i1","metric":"helpful","value":true}}
            {"other":{}}
            """;
        (await SendAsync(body, IngestKind.Events, IngestFormat.Ndjson)).Events.Select(e => e.Status).ShouldBe([EventStatus.Accepted, EventStatus.Accepted, EventStatus.Rejected]);
        (await _world.FoldAsync()).Judged.ShouldBe(1);
    }
}
