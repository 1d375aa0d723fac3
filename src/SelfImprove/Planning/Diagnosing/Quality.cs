using SelfImprove.Monitoring.Signals;

namespace SelfImprove.Planning.Diagnosing;

/// <summary>Quality from thumbs: with a share w of wrong thumbs, an agent of quality q gets m = q (1 - w) + (1 - q) w, hence q = (m - w) / (1 - 2 w) (Rogan and Gladen, 1978).</summary>
public static class Quality
{
    private const int Window = 300;

    /// <summary>The quality over the last judged requests, and its standard deviation; null where fewer than 20 are judged.</summary>
    /// <param name="signals">The version's signals.</param>
    /// <param name="wrongShare">The share of wrong thumbs, [0,0.5).</param>
    /// <param name="since">Counts requests from this time on; null for all.</param>
    public static (double Mean, double Sd)? FromThumbs(VersionSignals? signals, double wrongShare, DateTimeOffset? since = null)
    {
        var recent = (signals?.Recent ?? []).TakeLast(Window).Where(r => since is null || r.Time >= since).ToList();
        if (recent.Count < 20) return null;
        var mean = recent.Average(r => r.Reward);
        var sd = Math.Sqrt(Math.Max(0.25 / recent.Count, mean * (1 - mean)) / recent.Count);
        var slope = 1 - (2 * wrongShare);
        return (Math.Clamp((mean - wrongShare) / slope, 0, 1), sd / slope);
    }
}
