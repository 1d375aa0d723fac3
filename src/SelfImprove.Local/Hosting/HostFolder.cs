using System.Diagnostics;
using System.Text.Json;
using SelfImprove.Orchestration;

namespace SelfImprove.Local.Hosting;

/// <summary>A host's folder: <c>store/</c> (files to look at; not where the store is in Azure), <c>store.json</c> (which store), <c>engine.db</c>,
/// <c>keys.json</c>, and <c>host.json</c> while a host serves it.</summary>
/// <param name="folder">The folder.</param>
public sealed class HostFolder(string folder)
{
    /// <summary>Its full path.</summary>
    public string Root { get; } = Path.GetFullPath(folder);

    /// <summary>The object store's folder.</summary>
    public string Store => Path.Combine(Root, "store");

    /// <summary>The engine's file.</summary>
    public string Engine => Path.Combine(Root, "engine.db");

    /// <summary>The API keys' hashes.</summary>
    public string Keys => Path.Combine(Root, "keys.json");

    /// <summary>Which store the folder works with: see <see cref="StoreChoice"/>.</summary>
    public string StoreFile => Path.Combine(Root, "store.json");

    private string HostFile => Path.Combine(Root, "host.json");

    /// <summary>Whether there is anything yet.</summary>
    public bool Exists => Directory.Exists(Store) || File.Exists(StoreFile);

    /// <summary>Makes the folder where it is missing; only its owner can read a new one, for it holds what users said.</summary>
    public void Create()
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(Root);
            else Directory.CreateDirectory(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HostStartException($"The folder {Root} can't be made: {e.Message} Choose another with --folder.", e);
        }
    }

    /// <summary>Tells commands where this process serves the folder.</summary>
    public void Announce(string url, DateTimeOffset now) =>
        File.WriteAllBytes(HostFile,
            JsonSerializer.SerializeToUtf8Bytes(new RunningHost(Environment.ProcessId, StartOf(Environment.ProcessId), url, now), SeamJson.Indented));

    /// <summary>Takes that back.</summary>
    public void Withdraw() => File.Delete(HostFile);

    /// <summary>The host that serves the folder; null where none does: a file left by a process that is no more is ignored.</summary>
    public RunningHost? Running()
    {
        try
        {
            if (!File.Exists(HostFile) || JsonSerializer.Deserialize<RunningHost>(File.ReadAllBytes(HostFile), SeamJson.Options) is not { } host) return null;
            return StartOf(host.Pid) is { } started && (host.ProcessStarted is null || (started - host.ProcessStarted.Value).Duration() < TimeSpan.FromSeconds(2))
                ? host
                : null;
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            return null;
        }
    }

    // A number alone may have been given to another process since.
    private static DateTimeOffset? StartOf(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return process.HasExited ? null : process.StartTime.ToUniversalTime();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}

/// <summary>What <c>host.json</c> says.</summary>
/// <param name="Pid">The process.</param>
/// <param name="ProcessStarted">When it was started: tells it from a later one of the same number.</param>
/// <param name="Url">Where it listens.</param>
/// <param name="Started">When it began to serve.</param>
public sealed record RunningHost(int Pid, DateTimeOffset? ProcessStarted, string Url, DateTimeOffset Started);
