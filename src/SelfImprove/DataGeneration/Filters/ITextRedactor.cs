namespace SelfImprove.DataGeneration.Filters;

/// <summary>Replaces personal data in texts. The seam for a host that brings a better one than the built-in patterns. Thread-safe.</summary>
public interface ITextRedactor
{
    /// <summary>The text with each piece of personal data replaced by a placeholder such as <c>[email]</c>.</summary>
    RedactedText Redact(string text);
}
