namespace SelfImprove.Azure.Settings;

/// <summary>The host's configuration is wrong. The message lists every mistake, one a line: where, what was expected, what to do.</summary>
/// <param name="mistakes">At least one.</param>
public sealed class InvalidSettingsException(IReadOnlyList<string> mistakes)
    : Exception($"The configuration has {(mistakes.Count == 1 ? "a mistake" : $"{mistakes.Count} mistakes")}:\n" + string.Join('\n', mistakes.Select(m => "- " + m)))
{
    /// <summary>The mistakes.</summary>
    public IReadOnlyList<string> Mistakes => mistakes;
}
