using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Exporter;
using SelfImprove.Local.Hosting;
using SelfImprove.Local.Tests.Commands;

namespace SelfImprove.Local.Tests.Telemetry;

/// <summary>The host sends its spans and metrics to a collector, and does not care how that one fares.</summary>
[Collection(TelemetryCollection.Name)]
public sealed class TelemetryExportTests : IDisposable
{
    private const string Caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private readonly CommandRun _run = new();

    [Fact]
    public async Task Host_WithACollector_SendsSpansAndMetrics_AtItsEndAtTheLatest()
    {
        await using var collector = await FakeCollector.StartAsync();
        await using (var host = await ServeAsync(collector.Url)) (await AskAsync(host)).ShouldBe(200);

        var spans = collector.Of("/v1/traces");
        spans.ShouldContain("invoke_agent desk");
        spans.ShouldContain("chat agents/desk/");
        spans.ShouldContain("gen_ai.agent.version");
        spans.ShouldContain("selfimprove");
        spans.ShouldContain(Encoding.Latin1.GetString(Convert.FromHexString("0af7651916cd43dd8448eb211c80319c")), customMessage: "the caller's trace goes on over HTTP");
        spans.ShouldNotContain("taxi receipt");
        var metrics = collector.Of("/v1/metrics");
        foreach (var name in (string[])["gen_ai.invoke_agent.duration", "gen_ai.client.operation.duration", "selfimprove.gateway.requests", "selfimprove.engine.queue.depth"])
            metrics.ShouldContain(name);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(400)]
    [InlineData(0)]
    public async Task Host_WithACollectorThatFailsOrIsAway_ServesAsBefore(int status)
    {
        var collector = await FakeCollector.StartAsync();
        var url = collector.Url;
        if (status == 0) await collector.DisposeAsync();
        else collector.Status = status;

        await using (var host = await ServeAsync(url))
            for (var i = 0; i < 5; i++) (await AskAsync(host)).ShouldBe(200);

        await collector.DisposeAsync();
    }

    [Fact]
    public async Task Host_WithoutACollector_SendsNothing()
    {
        await using var collector = await FakeCollector.StartAsync();
        await using (var host = await ServeAsync(null)) (await AskAsync(host)).ShouldBe(200);

        collector.Requests.ShouldBe(0);
    }

    [Theory]
    [InlineData(null, null, false, null)]
    [InlineData(null, "http://here:4318", true, OtlpExportProtocol.HttpProtobuf)]
    [InlineData(null, "http://here:4317", true, OtlpExportProtocol.Grpc)]
    [InlineData("http://there:4317", "http://here:4318", true, OtlpExportProtocol.Grpc)]
    [InlineData("https://there/otlp", null, true, OtlpExportProtocol.HttpProtobuf)]
    public void Settings_TellWhereToAndHow(string? otlp, string? environment, bool isOn, OtlpExportProtocol? protocol)
    {
        var settings = Read(otlp, ("OTEL_EXPORTER_OTLP_ENDPOINT", environment));

        (settings.IsOn, settings.Protocol).ShouldBe((isOn, protocol));
        settings.Endpoint.ShouldBe(otlp is null ? null : new Uri(otlp));
    }

    [Fact]
    public void Settings_StandardVariables_AreHonoured()
    {
        const string here = "http://here:4317";
        Read(here, ("OTEL_SDK_DISABLED", "true")).IsOn.ShouldBeFalse();
        Read(here, ("OTEL_TRACES_EXPORTER", "none")).ShouldSatisfyAllConditions(s => s.Traces.ShouldBeFalse(), s => s.Metrics.ShouldBeTrue(), s => s.IsOn.ShouldBeTrue());
        Read(here, ("OTEL_METRICS_EXPORTER", "none"), ("OTEL_TRACES_EXPORTER", "none")).IsOn.ShouldBeFalse();
        Read(here, ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")).Protocol.ShouldBeNull("the exporter reads it itself");
        Read(here).Remarks.ShouldBeFalse();
        Read(here, ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true")).Remarks.ShouldBeTrue();
    }

    [Theory]
    [InlineData("collector:4318", null, "--otlp")]
    [InlineData(null, "nonsense", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    public void Settings_AddressThatIsNone_IsAMistake(string? otlp, string? environment, string where) =>
        Should.Throw<HostStartException>(() => Read(otlp, ("OTEL_EXPORTER_OTLP_ENDPOINT", environment))).Message.ShouldStartWith(where);

    public void Dispose() => _run.Dispose();

    private static TelemetrySettings Read(string? otlp, params (string Name, string? Value)[] settings) => TelemetrySettings.Read(
        otlp, new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, s.Value))).Build());

    private async Task<LocalHost> ServeAsync(string? otlp)
    {
        var host = await LocalHost.StartAsync(new LocalHostOptions { Folder = _run.Folder, Urls = "http://127.0.0.1:0", Quiet = true, Otlp = otlp });
        await _run.RegisterAsync();
        return host;
    }

    private static async Task<int> AskAsync(LocalHost host)
    {
        using var http = host.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
        {
            Content = JsonContent.Create(new { model = "desk", messages = new[] { new { role = "user", content = "taxi receipt" } } }),
        };
        request.Headers.TryAddWithoutValidation("traceparent", Caller);
        using var answer = await http.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
