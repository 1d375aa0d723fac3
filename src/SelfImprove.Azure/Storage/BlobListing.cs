using System.Globalization;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Azure.Core;
using SelfImprove.Storage;

namespace SelfImprove.Azure.Storage;

/// <summary>
/// Lists by pages. The service can't start a listing in the middle (its <c>startFrom</c> is newer than the version used here), so one "after" a path
/// reads a page from the start; where that does not reach the path, it goes down folder by folder instead, and passes over those before it: the cost
/// grows with the depth of the path, not with the number of objects before it.
/// </summary>
internal sealed class BlobListing(BlobPipeline pipeline, int pageSize)
{
    public async IAsyncEnumerable<StoredEntry> ListAsync(string prefix, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (after is null || string.CompareOrdinal(after, prefix) < 0)
        {
            await foreach (var entry in FlatAsync(prefix, null, cancellationToken).ConfigureAwait(false)) yield return entry;
            yield break;
        }
        if (!after.StartsWith(prefix, StringComparison.Ordinal)) yield break;

        var first = await PageAsync(prefix, null, flat: true, cancellationToken).ConfigureAwait(false);
        if (first.Next is null || first.Items is not [] && string.CompareOrdinal(first.Items[^1].Name, after) > 0)
        {
            foreach (var item in first.Items)
                if (string.CompareOrdinal(item.Name, after) > 0) yield return item.Entry;
            if (first.Next is null) yield break;
            await foreach (var entry in FlatAsync(prefix, first.Next, cancellationToken).ConfigureAwait(false)) yield return entry;
            yield break;
        }
        await foreach (var entry in WalkAsync(prefix, after, cancellationToken).ConfigureAwait(false)) yield return entry;
    }

    private async IAsyncEnumerable<StoredEntry> FlatAsync(string prefix, string? marker, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = "";
        do
        {
            var page = await PageAsync(prefix, marker, flat: true, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items)
            {
                if (string.CompareOrdinal(item.Name, last) <= 0)
                {
                    throw new StorageException(
                        $"The storage account lists {item.Name} after {last}, which is not the order of their characters: accounts with a hierarchical namespace do that. "
                        + "Use an account without one.", item.Name);
                }
                last = item.Name;
                yield return item.Entry;
            }
            marker = page.Next;
        }
        while (marker is not null);
    }

    private async IAsyncEnumerable<StoredEntry> WalkAsync(string folder, string after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Objects and folders of one level, in the order of what is in them: a folder's name ends with its slash.
        var level = new SortedDictionary<string, Item>(StringComparer.Ordinal);
        string? marker = null;
        do
        {
            var page = await PageAsync(folder, marker, flat: false, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items) level[item.Name] = item;
            marker = page.Next;
        }
        while (marker is not null);

        foreach (var item in level.Values)
        {
            if (!item.IsFolder)
            {
                if (string.CompareOrdinal(item.Name, after) > 0) yield return item.Entry;
                continue;
            }
            var isOnTheWay = after.StartsWith(item.Name, StringComparison.Ordinal);
            if (!isOnTheWay && string.CompareOrdinal(item.Name, after) < 0) continue;
            var inside = isOnTheWay ? WalkAsync(item.Name, after, cancellationToken) : FlatAsync(item.Name, null, cancellationToken);
            await foreach (var entry in inside.ConfigureAwait(false)) yield return entry;
        }
    }

    private async Task<Page> PageAsync(string prefix, string? marker, bool flat, CancellationToken cancellationToken)
    {
        var query = $"&comp=list&maxresults={pageSize}&prefix={Uri.EscapeDataString(prefix)}{(flat ? "" : "&delimiter=%2F")}"
            + (marker is null ? "" : $"&marker={Uri.EscapeDataString(marker)}");
        using var message = pipeline.Container(RequestMethod.Get, query);
        var answer = await pipeline.SendAsync(message, prefix, "list", cancellationToken).ConfigureAwait(false);
        if (answer.Status != 200) throw pipeline.Refused(answer.Response, prefix, "list");
        var root = XDocument.Load(answer.Response.ContentStream!).Root!;
        var items = root.Element("Blobs")!.Elements().Select(e => new Item(
            e.Element("Name")!.Value, e.Name.LocalName == "BlobPrefix",
            long.TryParse(e.Element("Properties")?.Element("Content-Length")?.Value, CultureInfo.InvariantCulture, out var length) ? length : 0));
        return new Page([.. items], root.Element("NextMarker")?.Value is { Length: > 0 } next ? next : null);
    }

    private readonly record struct Item(string Name, bool IsFolder, long Length)
    {
        public StoredEntry Entry => new(Name, Length);
    }

    private sealed record Page(IReadOnlyList<Item> Items, string? Next);
}
