using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using SelfImprove.Functions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
var settings = builder.Services.AddApp(builder.Configuration);
var telemetry = builder.Services.AddOpenTelemetry()
    .WithTracing(tracing => tracing.AddSource("SelfImprove", "SelfImprove.*"))
    .WithMetrics(metrics => metrics.AddMeter("SelfImprove", "SelfImprove.*"))
    .UseFunctionsWorkerDefaults();
if (settings.ExportsTelemetry) telemetry.UseAzureMonitorExporter();
builder.Build().Run();
