using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using SelfImprove.Durable;
using SelfImprove.Telemetry;

namespace SelfImprove.Local.Hosting;

/// <summary>
/// Sends the product's spans and metrics to an OpenTelemetry collector, over OTLP. It works beside everything else: a collector that is slow, away or wrong
/// costs spans, never an answer. What is left is sent when the host ends, within five seconds.
/// </summary>
internal sealed class TelemetryExport : IDisposable
{
    private const int EndMilliseconds = 5_000;
    private readonly TracerProvider? _traces;
    private readonly MeterProvider? _metrics;
    private readonly Meter _meter = new(ProductTelemetry.Name);
    private bool _ended;

    private TelemetryExport(TelemetrySettings settings, IConfiguration configuration, DurableEngine engine)
    {
        _meter.CreateObservableGauge(ProductMetrics.QueueDepth, () => engine.QueuedActivities, "{activity}", "Activities that wait for a worker.");
        if (settings.Traces)
            _traces = Sdk.CreateTracerProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(configuration))
                .SetResourceBuilder(Describe())
                // The server's own span of a request is the parent of the gateway's: without it a caller's sampling would not reach ours.
                .AddSource(ProductTelemetry.Name, "Microsoft.AspNetCore")
                .AddOtlpExporter(exporter => settings.Apply(exporter, "traces"))
                .Build();
        if (settings.Metrics)
            _metrics = Sdk.CreateMeterProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(configuration))
                .SetResourceBuilder(Describe())
                .AddMeter(ProductTelemetry.Name)
                .AddOtlpExporter(exporter => settings.Apply(exporter, "metrics"))
                .Build();
    }

    /// <summary>Begins, where the settings ask for it; null where they do not.</summary>
    /// <param name="settings">What to send, and where to.</param>
    /// <param name="configuration">Has the <c>OTEL_*</c> settings.</param>
    /// <param name="engine">Its queue is measured.</param>
    public static TelemetryExport? Start(TelemetrySettings settings, IConfiguration configuration, DurableEngine engine)
    {
        if (!settings.IsOn) return null;
        if (settings.Remarks) ProductTelemetry.CapturesRemarks = true;
        return new TelemetryExport(settings, configuration, engine);
    }

    /// <summary>Sends what is left, and ends.</summary>
    public void Dispose()
    {
        if (_ended) return;
        _ended = true;
        Parallel.Invoke(() => _traces?.Shutdown(EndMilliseconds), () => _metrics?.Shutdown(EndMilliseconds));
        _traces?.Dispose();
        _metrics?.Dispose();
        _meter.Dispose();
    }

    // The environment comes last: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
    private static ResourceBuilder Describe() =>
        ResourceBuilder.CreateEmpty().AddTelemetrySdk().AddService("selfimprove", serviceVersion: ProductTelemetry.Source.Version).AddEnvironmentVariableDetector();
}
