using System.Text;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Ingestion;
using SelfImprove.Monitoring.Log;
using SelfImprove.Telemetry;
using SelfImprove.Testing.Loop;
using SelfImprove.Testing.Telemetry;
using SelfImprove.Tests.Agents;
using Xunit.Abstractions;

namespace SelfImprove.Tests.Telemetry;

[Collection(TelemetryCollection.Name)]
public sealed class IngestionTelemetryTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Agent = "desk";
    private const string Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private readonly EventLog _log = new(new MemoryStore(), new TestClock { Now = Now });
    private EventIngestion _ingestion = null!;

    [Fact]
    public async Task Feedback_Stored_IsAnEvaluationResult()
    {
        using var recorder = new TelemetryRecorder();

        await FeedbackAsync("""{"id":"f1","interaction":"i1","metric":"helpful","value":false,"comment":"my secret remark","source":{"kind":"human","id":"ada"}}""");
        await FeedbackAsync("""{"id":"f2","interaction":"i1","metric":"nonsense","value":true}""");

        var events = recorder.Spans.SelectMany(s => s.Events).ToList();
        var result = events.ShouldHaveSingleItem();
        result.Name.ShouldBe("gen_ai.evaluation.result");
        var tags = result.Tags.ToDictionary(t => t.Key, t => t.Value);
        tags["gen_ai.evaluation.name"].ShouldBe("helpful");
        tags["gen_ai.evaluation.score.value"].ShouldBe(0.0);
        tags["gen_ai.evaluation.score.label"].ShouldBe("fail");
        tags["gen_ai.response.id"].ShouldBe("i1");
        tags["selfimprove.feedback.source"].ShouldBe("human");
        recorder.Of("selfimprove.feedback.reward").ShouldHaveSingleItem().Value.ShouldBe(0);
        recorder.Everything().ShouldNotContain("remark");
        recorder.Everything().ShouldNotContain("ada");
    }

    [Fact]
    public async Task Feedback_WhereRemarksAreCaptured_IsExplained()
    {
        using var recorder = new TelemetryRecorder();
        ProductTelemetry.CapturesRemarks = true;
        try
        {
            await FeedbackAsync("""{"id":"f3","interaction":"i1","metric":"helpful","value":true,"comment":"to the point"}""");
        }
        finally
        {
            ProductTelemetry.CapturesRemarks = false;
        }

        recorder.Spans.SelectMany(s => s.Events).Single().Tags.Single(t => t.Key == "gen_ai.evaluation.explanation").Value.ShouldBe("to the point");
    }

    [Theory]
    [InlineData(Traceparent, EventStatus.Accepted)]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01", EventStatus.Rejected)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", EventStatus.Rejected)]
    [InlineData("hello", EventStatus.Rejected)]
    [InlineData("", EventStatus.Rejected)]
    public async Task Interaction_WithATraceparent_IsTakenWhereItIsOne(string traceparent, EventStatus expected)
    {
        var body = $$"""{"id":"i9","input":[{"role":"user","content":"hi"}],"output":{"text":"x"},"traceparent":"{{traceparent}}"}""";

        var outcome = (await _ingestion.IngestAsync(Agent, Encoding.UTF8.GetBytes(body), IngestKind.Interactions, IngestFormat.Json)).Events.Single();

        outcome.Status.ShouldBe(expected, outcome.Detail);
        if (expected == EventStatus.Rejected) outcome.Detail!.ShouldContain("traceparent");
    }

    [Fact]
    public void Instruments_NobodyListens_AllocateNothing()
    {
        var tag = new KeyValuePair<string, object?>(TelemetryNames.AgentName, Agent);
        Use(); // compiled
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) Use();

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Use()
        {
            if (ProductTelemetry.IsTraced) throw new InvalidOperationException("Somebody listens.");
            using var trace = ProductTelemetry.StartTrace("fold", [new(TelemetryNames.AgentName, Agent)]);
            ProductTelemetry.Tag(TelemetryNames.AgentVersion, "v1");
            trace.Span.Drop();
            ProductMetrics.Spend.Add(1, tag);
        }
    }

    [Fact]
    public async Task Ingestion_NobodyListens_SavesSpanAndList()
    {
        var quiet = await BytesAsync("q");
        using var recorder = new TelemetryRecorder();
        var loud = await BytesAsync("l");

        output.WriteLine($"Bytes allocated for one feedback: {quiet} where nobody listens, {loud} where somebody does.");
        quiet.ShouldBeLessThan(loud - 500);
    }

    public Task InitializeAsync()
    {
        var manifest = SmallManifest.Create(new SmallTask(4, 1));
        _ingestion = new EventIngestion(_log, (_, _) => new(manifest), new TestClock { Now = Now });
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => _log.DisposeAsync().AsTask();

    private async Task<long> BytesAsync(string prefix)
    {
        await FeedbackAsync($$"""{"id":"{{prefix}}0","interaction":"i1","metric":"helpful","value":true}""");
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 1; i <= 50; i++) await FeedbackAsync($$"""{"id":"{{prefix}}{{i}}","interaction":"i1","metric":"helpful","value":true}""");
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / 50;
    }

    private Task<IngestResult> FeedbackAsync(string body) => _ingestion.IngestAsync(Agent, Encoding.UTF8.GetBytes(body), IngestKind.Feedback, IngestFormat.Json);
}
