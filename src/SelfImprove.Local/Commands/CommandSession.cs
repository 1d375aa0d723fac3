using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;
using SelfImprove.Durable;
using SelfImprove.Local.Hosting;
using SelfImprove.Orchestration;
using SelfImprove.Storage;
using Spectre.Console;

namespace SelfImprove.Local.Commands;

/// <summary>
/// A command at work: over the API of the host that serves the folder, where one runs, otherwise over the folder itself, whose engine then works
/// until nothing is ready.
/// </summary>
public sealed class CommandSession : IAsyncDisposable
{
    // Programs and files get whole lines.
    private const int PlainWidth = 4_000;
    private readonly HttpClient _http;
    private readonly LocalHost? _own;

    private CommandSession(ParseResult parsed, HttpClient http, LocalHost? own, string? url)
    {
        (Parsed, _http, _own, Url) = (parsed, http, own, url);
        Api = new ApiClient(http);
        Console = ConsoleOf(parsed);
    }

    /// <summary>The command line.</summary>
    public ParseResult Parsed { get; }

    /// <summary>The API.</summary>
    public ApiClient Api { get; }

    /// <summary>Where text for people goes.</summary>
    public IAnsiConsole Console { get; }

    /// <summary>Where the running host is; null where the command works on the folder itself.</summary>
    public string? Url { get; }

    /// <summary>Whether to print JSON.</summary>
    public bool Json => Parsed.GetValue(SharedOptions.Json);

    /// <summary>Who acts.</summary>
    public string By => Parsed.GetValue(SharedOptions.By)!;

    /// <summary>Finds the running host, or opens the folder.</summary>
    /// <exception cref="CommandException">There is nothing there, or another process has it.</exception>
    public static async Task<CommandSession> OpenAsync(ParseResult parsed, bool mayCreate, CancellationToken cancellationToken)
    {
        var path = parsed.GetValue(SharedOptions.Folder)!;
        var folder = new HostFolder(path);
        var store = parsed.GetValue(SharedOptions.Store);
        try
        {
            StoreChoice.Of(store, folder);
        }
        catch (HostStartException wrong)
        {
            throw new CommandException(wrong.Message, ExitCodes.WrongUsage);
        }
        if (folder.Running() is { } running)
        {
            var http = new HttpClient { BaseAddress = new Uri(running.Url + "/"), Timeout = TimeSpan.FromMinutes(10) };
            if ((parsed.GetValue(SharedOptions.Key) ?? Environment.GetEnvironmentVariable("SELFIMPROVE_KEY")) is { Length: > 0 } key)
                http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            return new CommandSession(parsed, http, null, running.Url);
        }
        if (!folder.Exists && !mayCreate && store is null)
            throw new CommandException($"There is nothing in {folder.Root} yet: start with 'selfimprove demo' or 'selfimprove agents put manifest.yaml', or name another --folder.");
        var own = await OpenFolderAsync(new LocalHostOptions { Folder = path, Store = store, Urls = null, LockStep = true, Quiet = true }, cancellationToken);
        return new CommandSession(parsed, own.CreateClient(), own, null);
    }

    /// <summary>Starts a host; what hinders it becomes a clear sentence.</summary>
    public static async Task<LocalHost> OpenFolderAsync(LocalHostOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await LocalHost.StartAsync(options, cancellationToken);
        }
        catch (Exception wrong) when (wrong is DurableEngineLockedException or HostStartException or StorageException or InvalidDataException)
        {
            throw new CommandException(wrong.Message);
        }
    }

    /// <summary>Lets what was asked for take effect: a running host does so by itself, a folder's engine works until nothing is ready.</summary>
    public async Task SettleAsync(string agent, CancellationToken cancellationToken)
    {
        if (_own is not null) await _own.StepAsync(agent, cancellationToken);
    }

    /// <summary>Prints a value: as JSON where asked for, otherwise as <paramref name="people"/> puts it.</summary>
    public void Print<T>(T value, Action<IAnsiConsole> people)
    {
        if (Json) Parsed.InvocationConfiguration.Output.WriteLine(JsonSerializer.Serialize(value, SeamJson.Indented));
        else people(Console);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_own is not null) await _own.DisposeAsync();
    }

    private static IAnsiConsole ConsoleOf(ParseResult parsed)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (ReferenceEquals(output, System.Console.Out) && !System.Console.IsOutputRedirected) return AnsiConsole.Console;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = PlainWidth;
        return console;
    }
}
