namespace SelfImprove.Local.Demo;

/// <summary>The folder that the demo plays in: its own, made anew at every demo, never anybody else's.</summary>
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
}
