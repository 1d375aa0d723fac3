namespace SelfImprove.Monitoring.Aggregation;

/// <summary>A run of the event index: entries sorted by key, never changed once written. A newer run's entry replaces an older one's.</summary>
/// <param name="Path">The object.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Footer">Where its block index and filter begin.</param>
/// <param name="Count">Its entries.</param>
internal sealed record RunInfo(string Path, long Length, long Footer, long Count)
{
    /// <summary>Size class, in powers of eight from the smallest size on.</summary>
    public int Tier(int smallest) => Length < smallest ? 0 : 1 + (int)(Math.Log2(Length / (double)smallest) / 3);
}
