namespace SelfImprove.Local.Demo;

/// <summary>
/// What the demo measures by itself, since it knows what would have been right: live accuracy per window. The runtime sees none of
/// it, only thumbs.
/// </summary>
public sealed class DemoMeter
{
    /// <summary>Requests of a window.</summary>
    public const int Window = 150;

    private readonly List<(bool Right, string Version, bool? Thumb)> _seen = [];

    /// <summary>Requests so far.</summary>
    public int Count => _seen.Count;

    /// <summary>Notes an answer, and what the user said of it.</summary>
    public void Note(bool right, string version, bool? thumb) => _seen.Add((right, version, thumb));

    /// <summary>Accuracy over a stretch of requests, [0,1]; null where it is empty.</summary>
    public double? Over(int from, int to)
    {
        var part = _seen.Skip(from).Take(to - from).ToList();
        return part.Count == 0 ? null : (double)part.Count(s => s.Right) / part.Count;
    }

    /// <summary>Mean reward over a stretch, as users said: the share of thumbs that were up; null where there were none.</summary>
    public double? RewardOver(int from, int to)
    {
        var thumbs = _seen.Skip(from).Take(to - from).Where(s => s.Thumb is not null).ToList();
        return thumbs.Count == 0 ? null : (double)thumbs.Count(s => s.Thumb == true) / thumbs.Count;
    }

    /// <summary>Mean reward of one version's answers from a request on, as users said.</summary>
    public double? RewardOf(string version, int from)
    {
        var thumbs = _seen.Skip(from).Where(s => s.Version == version && s.Thumb is not null).ToList();
        return thumbs.Count == 0 ? null : (double)thumbs.Count(s => s.Thumb == true) / thumbs.Count;
    }

    /// <summary>The lowest accuracy of any whole window after <paramref name="from"/>, and where it began.</summary>
    public (double Accuracy, int At)? Lowest(int from)
    {
        (double Accuracy, int At)? lowest = null;
        for (var at = from; at + Window <= _seen.Count; at += Window / 5)
            if (Over(at, at + Window) is { } accuracy && (lowest is null || accuracy < lowest.Value.Accuracy)) lowest = (accuracy, at);
        return lowest;
    }

    /// <summary>Accuracy of one version's answers from a request on.</summary>
    public double? Of(string version, int from)
    {
        var part = _seen.Skip(from).Where(s => s.Version == version).ToList();
        return part.Count == 0 ? null : (double)part.Count(s => s.Right) / part.Count;
    }
}
