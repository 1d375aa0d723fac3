using OpenTelemetry.Exporter;

namespace SelfImprove.Local.Hosting;

/// <summary>
/// What is exported, and where to: on where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> or <c>--otlp</c> names a collector. The other <c>OTEL_*</c> settings (headers,
/// timeouts, sampler, intervals, resource) are read by the exporter itself.
/// </summary>
public sealed record TelemetrySettings
{
    private const string EndpointName = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ProtocolName = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const int GrpcPort = 4317;

    /// <summary>The collector that the command line names; null where the environment does, or nobody.</summary>
    public Uri? Endpoint { get; private init; }

    /// <summary>The protocol to use; null where the environment names it.</summary>
    public OtlpExportProtocol? Protocol { get; private init; }

    /// <summary>Whether anything is exported.</summary>
    public bool IsOn { get; private init; }

    /// <summary>Whether spans are.</summary>
    public bool Traces { get; private init; }

    /// <summary>Whether metrics are.</summary>
    public bool Metrics { get; private init; }

    /// <summary>Whether people's and judges' remarks are.</summary>
    public bool Remarks { get; private init; }

    /// <summary>Reads them.</summary>
    /// <param name="otlp">What <c>--otlp</c> says; null where it was not given. It goes before the environment.</param>
    /// <param name="configuration">Has the environment.</param>
    /// <exception cref="HostStartException">An address is none.</exception>
    public static TelemetrySettings Read(string? otlp, IConfiguration configuration)
    {
        var named = otlp ?? configuration[EndpointName];
        if (string.IsNullOrWhiteSpace(named) || IsTrue(configuration["OTEL_SDK_DISABLED"])) return new TelemetrySettings();
        if (!Uri.TryCreate(named, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
            throw new HostStartException(
                $"{(otlp is null ? EndpointName : "--otlp")} is '{named}'. Expected the address of an OpenTelemetry collector, for example http://localhost:4318.");
        var (traces, metrics) = (!IsNone(configuration["OTEL_TRACES_EXPORTER"]), !IsNone(configuration["OTEL_METRICS_EXPORTER"]));
        var isChosen = ((string[])[ProtocolName, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"]).Any(name => !string.IsNullOrEmpty(configuration[name]));
        return new TelemetrySettings
        {
            IsOn = traces || metrics,
            Traces = traces,
            Metrics = metrics,
            Endpoint = otlp is null ? null : endpoint,
            // Collectors take gRPC on 4317 and HTTP on 4318; the exporter's own default is gRPC wherever it sends to.
            Protocol = isChosen ? null : endpoint.Port == GrpcPort ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
            Remarks = IsTrue(configuration["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"]),
        };
    }

    /// <summary>Sets up an exporter of one signal: <c>traces</c> or <c>metrics</c>.</summary>
    public void Apply(OtlpExporterOptions exporter, string signal)
    {
        if (Protocol is { } protocol) exporter.Protocol = protocol;
        if (Endpoint is not { } endpoint) return;
        // The exporter finds the signal's path by itself only where the environment names the collector.
        exporter.Endpoint = exporter.Protocol == OtlpExportProtocol.HttpProtobuf ? new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/v1/{signal}") : endpoint;
    }

    private static bool IsTrue(string? value) => string.Equals(value?.Trim(), "true", StringComparison.OrdinalIgnoreCase);

    private static bool IsNone(string? value) => string.Equals(value?.Trim(), "none", StringComparison.OrdinalIgnoreCase);
}
