namespace SelfImprove.Azure.Storage;

/// <summary>A setting for the Blob store that can't be used. The message lists every mistake in it, one a line, and never repeats a secret.</summary>
/// <param name="mistakes">What is wrong, each a sentence that says what is expected.</param>
public sealed class BlobStoreSettingsException(IReadOnlyList<string> mistakes)
    : Exception($"The store's setting can't be used:{string.Concat(mistakes.Select(m => $"\n  {m}"))}\n{BlobStoreSettings.Forms}")
{
    /// <summary>What is wrong, each a sentence.</summary>
    public IReadOnlyList<string> Mistakes { get; } = mistakes;
}
