namespace SelfImprove.Azure.Training;

/// <summary>The section <c>training</c> of the host's configuration is wrong.</summary>
/// <param name="mistakes">All of them: where, and what was expected.</param>
public sealed class InvalidTrainingSettingsException(IReadOnlyList<string> mistakes)
    : Exception($"The configuration's section 'training' has {(mistakes.Count == 1 ? "a mistake" : $"{mistakes.Count} mistakes")}:\n" + string.Join('\n',
        mistakes.Select(m => "- " + m)))
{
    /// <summary>All mistakes.</summary>
    public IReadOnlyList<string> Mistakes => mistakes;
}
