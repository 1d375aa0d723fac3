namespace SelfImprove.Models.Structured;

/// <summary>The prompts that ship inside the assembly, versioned with the code that reads the answers.</summary>
internal static class PromptText
{
    /// <summary>Reads one: its path below the product's folder, with dots: <c>Evaluation.Judging.Prompts.pair.txt</c>.</summary>
    public static string Read(string name)
    {
        var full = $"SelfImprove.{name}";
        using var stream = typeof(PromptText).Assembly.GetManifestResourceStream(full)
            ?? throw new InvalidOperationException($"The assembly lacks the resource '{full}'; it has: {string.Join(", ", typeof(PromptText).Assembly.GetManifestResourceNames())}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
