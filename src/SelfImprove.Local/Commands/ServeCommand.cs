using System.CommandLine;
using SelfImprove.Local.Hosting;

namespace SelfImprove.Local.Commands;

/// <summary><c>selfimprove serve</c>.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var urls = new Option<string>("--urls") { Description = "Where to listen, separated by ';'. Beyond this machine only with API keys.", HelpName = "urls", DefaultValueFactory = _ => LocalHostOptions.DefaultUrls };
        var quiet = new Option<bool>("--quiet") { Description = "Log nothing." };
        var otlp = new Option<string?>("--otlp")
        {
            Description = "The OpenTelemetry collector that gets spans and metrics; without it the one that OTEL_EXPORTER_OTLP_ENDPOINT names, if any.", HelpName = "url",
        };
        var command = new Command("serve", """
            Serves the folder: the OpenAI-compatible gateway on /v1, the API on /api, and the improvement of its agents. Ends gracefully on Ctrl+C.

            Examples:
              selfimprove serve
              selfimprove serve --folder /var/lib/agents --urls http://localhost:8080
              selfimprove keys add app --role ingest && selfimprove serve --urls http://0.0.0.0:5080
              selfimprove serve --store azure:UseDevelopmentStorage=true
              selfimprove serve --otlp http://localhost:4318
              curl localhost:5080/v1/chat/completions -H 'content-type: application/json' -d '{"model":"office","messages":[{"role":"user","content":"book a room"}]}'
            """)
        { urls, quiet, otlp };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new LocalHostOptions
            {
                Folder = parsed.GetValue(SharedOptions.Folder)!, Store = parsed.GetValue(SharedOptions.Store), Urls = parsed.GetValue(urls), Quiet = parsed.GetValue(quiet), Otlp = parsed.GetValue(otlp),
            };
            await using var host = await CommandSession.OpenFolderAsync(options, cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            if (host.Store.Blob is { } blob) await output.WriteLineAsync($"Objects are kept in {blob}; the engine's file and the API keys in the folder.");
            await output.WriteLineAsync($"Serving {Path.GetFullPath(options.Folder)} on {host.Url} (gateway /v1, API /api, description /openapi/v1.json). Ctrl+C ends it.");
            await output.FlushAsync(cancellationToken);
            await host.WaitForShutdownAsync(cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }
}
