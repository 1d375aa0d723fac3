using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using SelfImprove.Storage;
using SelfImprove.Testing.Storage;

namespace SelfImprove.Local.Tests.Faults;

/// <summary>
/// The store of a machine whose power fails in the middle of writes: at the 1st, 4th, 16th... write of every kind of path, at a seeded operation of
/// the file system within the write or just after it. So each kind of file is met half-written, often early and sometimes late.
/// </summary>
internal sealed partial class CuttingStore(IObjectStore inner, PowerCutFileLayer disk, Dictionary<string, int> writes, Random random) : IObjectStore
{
    // As many operations as a write has: folders, temporary file, bytes, time, flush, rename, flush of the folder.
    private const int Operations = 8;

    public Task<StoredObject?> ReadAsync(string path, ByteRange? range = null, CancellationToken cancellationToken = default) => inner.ReadAsync(path, range, cancellationToken);

    public Task<WriteResult> WriteAsync(string path, ReadOnlyMemory<byte> bytes, WriteCondition condition = default, CancellationToken cancellationToken = default)
    {
        Arm(path);
        return inner.WriteAsync(path, bytes, condition, cancellationToken);
    }

    public Task<AppendResult> AppendAsync(string path, ReadOnlyMemory<byte> bytes, long expectedLength, CancellationToken cancellationToken = default)
    {
        Arm(path);
        return inner.AppendAsync(path, bytes, expectedLength, cancellationToken);
    }

    public async IAsyncEnumerable<StoredEntry> ListAsync(string prefix, string? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var entry in inner.ListAsync(prefix, after, cancellationToken)) yield return entry;
    }

    public Task<bool> DeleteAsync(string path, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        Arm(path);
        return inner.DeleteAsync(path, ifMatch, cancellationToken);
    }

    /// <summary>What a path is: its folder at the top, and its name without numbers, hashes and dates.</summary>
    public static string KindOf(string path)
    {
        var segments = path.Split('/');
        var name = segments[0] is "log" or "index" or "intents" or "inbox" ? "*" : Varying().Replace(segments[^1], "#");
        return $"{segments[0]}/{(segments.Length > 3 && name != "*" ? segments[2] is var part && Varying().IsMatch(part) ? "" : part + "/" : "")}{name}";
    }

    private void Arm(string path)
    {
        lock (writes)
        {
            var count = writes[KindOf(path)] = writes.GetValueOrDefault(KindOf(path)) + 1;
            if (int.IsPow2(count) && int.Log2(count) % 2 == 0 && disk.CutAt is null) disk.CutAt = disk.Operations + 1 + random.Next(Operations);
        }
    }

    [GeneratedRegex("[0-9a-f]{8,}|[0-9]+")]
    private static partial Regex Varying();
}
