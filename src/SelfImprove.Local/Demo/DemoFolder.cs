using Azure.Identity;
using SelfImprove.Azure.Storage;
using SelfImprove.Local.Hosting;

namespace SelfImprove.Local.Demo;

/// <summary>The folder that the demo plays in, and its container where it plays in Azure: its own, made anew at every demo, never anybody else's.</summary>
public static class DemoFolder
{
    private const string Marker = "demo.json";

    /// <summary>Empties the folder where an earlier demo left it, and marks it as the demo's.</summary>
    /// <exception cref="DemoDataException">It holds something else than a demo.</exception>
    public static void Prepare(string folder)
    {
        var full = Path.GetFullPath(folder);
        if (Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any())
        {
            if (!File.Exists(Path.Combine(full, Marker)))
                throw new DemoDataException($"{folder} holds something that no demo made, so the demo leaves it alone. Give it another place with --folder.");
            foreach (var entry in Directory.EnumerateFileSystemEntries(full))
            {
                if (Directory.Exists(entry)) Directory.Delete(entry, recursive: true);
                else File.Delete(entry);
            }
        }
        Directory.CreateDirectory(full);
        File.WriteAllText(Path.Combine(full, Marker), """{ "madeBy": "selfimprove demo", "note": "The next demo in this folder starts from nothing." }""" + "\n");
    }

    /// <summary>Empties the container where an earlier demo left it, and marks it as the demo's; does nothing for a store in the folder.</summary>
    /// <exception cref="DemoDataException">It holds something else than a demo.</exception>
    public static async Task PrepareStoreAsync(string? setting, CancellationToken cancellationToken)
    {
        if (setting is null || StoreChoice.Parse(setting).Blob is not { } blob) return;
        using var store = new AzureBlobStore(blob, blob.UsesKey ? null : new DefaultAzureCredential());
        var found = await store.ListAsync("", cancellationToken: cancellationToken).Select(e => e.Path).Where(p => p != Marker).ToListAsync(cancellationToken);
        if (await store.ReadAsync(Marker, cancellationToken: cancellationToken) is null)
        {
            if (found.Count > 0)
                throw new DemoDataException($"{blob} holds something that no demo made, so the demo leaves it alone. Name another container: ';Container=NAME' or '/NAME' at the end of --store.");
            await store.WriteAsync(Marker, """{ "madeBy": "selfimprove demo", "note": "The next demo in this container starts from nothing." }"""u8.ToArray(), cancellationToken: cancellationToken);
        }
        await Parallel.ForEachAsync(found, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken },
            async (path, stop) => await store.DeleteAsync(path, cancellationToken: stop));
    }
}
