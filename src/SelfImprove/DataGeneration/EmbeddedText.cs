using System.Collections.Concurrent;

namespace SelfImprove.DataGeneration;

/// <summary>The texts that ship inside the assembly: prompts and pattern lists, versioned with the code that reads them. Each is read once.</summary>
internal static class EmbeddedText
{
    private static readonly ConcurrentDictionary<string, string> Known = new(StringComparer.Ordinal);

    /// <summary>Reads one: the name below this folder, with dots.</summary>
    public static string Read(string name) => Known.GetOrAdd(name, static of =>
    {
        var full = $"SelfImprove.DataGeneration.{of}";
        using var stream = typeof(EmbeddedText).Assembly.GetManifestResourceStream(full)
            ?? throw new InvalidOperationException($"The assembly lacks the resource '{full}'; it has: {string.Join(", ", typeof(EmbeddedText).Assembly.GetManifestResourceNames())}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });
}
