using System.Text.RegularExpressions;

namespace SelfImprove.DataGeneration.Filters;

/// <summary>Finds inputs that try to instruct the model. The patterns are a resource, <c>prompt-injection.txt</c>, that says why each is there.</summary>
public static class PromptInjectionFilter
{
    private static readonly Regex[] Patterns =
    [
        .. EmbeddedText.Read("Filters.prompt-injection.txt").Split('\n').Select(l => l.TrimEnd('\r'))
            .Where(l => l.Length > 0 && l[0] != '#')
            .Select(l => new Regex(l, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)),
    ];

    /// <summary>Whether a text tries to.</summary>
    public static bool Finds(string text) => Array.Exists(Patterns, p => p.IsMatch(text));
}
