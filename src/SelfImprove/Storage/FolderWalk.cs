namespace SelfImprove.Storage;

/// <summary>Objects under a folder by ordinal path; loads one folder at a time, and skips those that end before the start.</summary>
internal static class FolderWalk
{
    /// <summary>Walks a folder.</summary>
    /// <param name="folder">Empty, or a path that ends in '/'.</param>
    /// <param name="prefix">Only paths that start so.</param>
    /// <param name="after">Only paths that come later; all where null.</param>
    /// <param name="list">What is in a folder, by its path.</param>
    public static IEnumerable<StoredEntry> Walk(string folder, string prefix, string? after, Func<string, IEnumerable<FolderEntry>> list)
    {
        // A folder sorts by the '/' that follows its name: "a-b" and "a.c" come before what is in "a".
        var entries = list(folder)
            .Where(e => StoragePath.IsSegment(e.Name))
            .Select(e => (Path: folder + (e.IsFolder ? e.Name + "/" : e.Name), e.IsFolder, e.Length))
            .ToList();
        entries.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        foreach (var (path, isFolder, length) in entries)
        {
            if (isFolder)
            {
                if (!path.StartsWith(prefix, StringComparison.Ordinal) && !prefix.StartsWith(path, StringComparison.Ordinal)) continue;
                if (after is not null && string.CompareOrdinal(path, after) < 0 && !after.StartsWith(path, StringComparison.Ordinal)) continue;
                foreach (var entry in Walk(path, prefix, after, list)) yield return entry;
            }
            else if (path.StartsWith(prefix, StringComparison.Ordinal) && (after is null || string.CompareOrdinal(path, after) > 0))
            {
                yield return new StoredEntry(path, length);
            }
        }
    }
}
