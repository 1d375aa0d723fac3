namespace SelfImprove.Models;

/// <summary>Whether a model may, must or must not call tools.</summary>
/// <param name="Use">Which of these.</param>
/// <param name="Tool">Of <see cref="ToolUse.Required"/>: the one tool that must be called; null for any.</param>
public sealed record ToolChoice(ToolUse Use, string? Tool = null);

/// <summary>How tools are used. On the wire: the names in lower case.</summary>
public enum ToolUse
{
    /// <summary>The model decides.</summary>
    Auto,

    /// <summary>No tool is called.</summary>
    None,

    /// <summary>A tool is called.</summary>
    Required,
}
