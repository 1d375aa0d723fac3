using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Api.Security;

/// <summary>
/// The API keys of a host, as hashes in one file that only its owner can read. A change by another process is seen within a second.
/// </summary>
/// <param name="path">The file; it need not exist.</param>
/// <param name="clock">Dates keys, and tells when to look at the file again; the system's.</param>
public sealed class ApiKeyFile(string path, TimeProvider clock) : IApiKeys
{
    /// <summary>What every key begins with, so that scanners recognise a leaked one.</summary>
    public const string Prefix = "si_";

    private const int SecretBytes = 32;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private volatile Seen? _seen;

    /// <summary>The keys there are.</summary>
    public IReadOnlyList<ApiKey> Keys => Now().Keys;

    /// <summary>Whether there is any.</summary>
    public bool Any => Now().Keys.Count > 0;

    /// <summary>Makes a key.</summary>
    /// <returns>The key itself: it is told this once, and kept nowhere.</returns>
    /// <exception cref="ArgumentException">The name is none, or taken, or there are no roles.</exception>
    public string Add(string name, ApiRoles roles)
    {
        StoragePath.Name(name, "a key");
        if (roles == ApiRoles.None) throw new ArgumentException("A key needs at least one role: ingest, operate, approve.", nameof(roles));
        lock (_lock)
        {
            var keys = Read();
            if (keys.Any(k => k.Name == name))
                throw new ArgumentException($"There is a key '{name}' already. Remove it first, or choose another name.", nameof(name));
            var key = Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
            var single = new[] { ApiRoles.Ingest, ApiRoles.Operate, ApiRoles.Approve }.Where(r => roles.HasFlag(r)).ToList();
            Write([.. keys, new ApiKey(name, single, Hash(key), clock.GetUtcNow())]);
            return key;
        }
    }

    /// <summary>Takes a key away; false where there is none of that name.</summary>
    public bool Remove(string name)
    {
        lock (_lock)
        {
            var keys = Read();
            var left = keys.Where(k => k.Name != name).ToList();
            if (left.Count == keys.Count) return false;
            Write(left);
            return true;
        }
    }

    /// <summary>The caller that a key belongs to; null for an unknown key. Takes the same time whichever key it is.</summary>
    public ApiCaller? Find(ReadOnlySpan<char> key)
    {
        return Now().Callers.Find(key);
    }

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private Seen Now()
    {
        var seen = _seen;
        if (seen is not null && clock.GetElapsedTime(seen.LookedAt) < LookAgain) return seen;
        lock (_lock)
        {
            var written = File.GetLastWriteTimeUtc(path);
            if (_seen is { } last && last.Written == written) return _seen = last with { LookedAt = clock.GetTimestamp() };
            return _seen = Seen.Of(Read(), written, clock.GetTimestamp());
        }
    }

    private List<ApiKey> Read()
    {
        if (!File.Exists(path)) return [];
        try
        {
            return JsonSerializer.Deserialize<List<ApiKey>>(File.ReadAllBytes(path), SeamJson.Options) ?? [];
        }
        catch (JsonException wrong)
        {
            // Never taken for "no keys": that would open the host.
            throw new StorageException($"{path} is damaged: {wrong.Message} Restore it from a copy, or remove it and make new keys.", path, wrong);
        }
    }

    private void Write(List<ApiKey> keys)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, options))
        {
            JsonSerializer.Serialize(file, keys, SeamJson.Indented);
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
        _seen = Seen.Of(keys, File.GetLastWriteTimeUtc(path), clock.GetTimestamp());
    }

    private sealed record Seen(IReadOnlyList<ApiKey> Keys, ApiKeyList Callers, DateTime Written, long LookedAt)
    {
        public static Seen Of(IReadOnlyList<ApiKey> keys, DateTime written, long lookedAt) => new(keys, new ApiKeyList(keys), written, lookedAt);
    }
}
