namespace SelfImprove.Monitoring.Aggregation;

/// <summary>A run of the event index: entries sorted by key, never changed once written. A newer run's entry replaces an older one's.</summary>
/// <param name="Path">The object.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Footer">Where its block index and filter begin.</param>
/// <param name="Count">Its entries.</param>
internal sealed record RunInfo(string Path, long Length, long Footer, long Count)
{
    private const int Smallest = 256 * 1024;

    /// <summary>Size class, in powers of eight from 256 KiB.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int Tier => Length < Smallest ? 0 : 1 + (int)(Math.Log2(Length / (double)Smallest) / 3);
}
