using SelfImprove.Monitoring.Signals;
using SelfImprove.Statistics.Paired;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>The share of requests that are judged, before and lately.</summary>
/// <param name="Before">Before the window.</param>
/// <param name="Now">Over the window.</param>
/// <param name="Changed">Whether it changed, surely and by much.</param>
internal sealed record ResponseRate(double Before, double Now, bool Changed)
{
    private const int FewestRequests = 50;
    private const double Alpha = 0.001;
    private const double ByMuch = 0.1;

    /// <summary>Compares; null where there is nothing before the window, or too little in it.</summary>
    /// <param name="champion">The signals.</param>
    /// <param name="last">How many judged tasks the window has.</param>
    public static ResponseRate? Of(VersionSignals champion, int last)
    {
        var window = champion.Recent.TakeLast(last).ToList();
        if (window.Count == 0 || champion.Served.Count == 0) return null;
        var start = window.Min(r => r.Time);
        if (champion.Served.LastOrDefault(m => m.Time <= start) is not { Interactions: > 0 } mark) return null;
        // Between two marks the count is not known: from this mark on, what was judged since it.
        var judgedSince = champion.Recent.Count(r => r.Time > mark.Time);
        var (served, servedBefore, judgedBefore) = (champion.Interactions - mark.Interactions, mark.Interactions, champion.Judged - judgedSince);
        if (served < FewestRequests || servedBefore < FewestRequests || judgedBefore <= 0) return null;
        var (before, now) = (Math.Min(1, (double)judgedBefore / servedBefore), Math.Min(1, (double)judgedSince / served));
        var p = TwoProportions.PValue(Math.Min(judgedBefore, servedBefore), servedBefore, Math.Min(judgedSince, served), served) ?? 1;
        return new ResponseRate(before, now, p < Alpha && Math.Abs(now - before) > ByMuch * before);
    }

    /// <summary>
    /// The highest mean reward that those who answered before may have given by now, if nothing but who answers has changed: those who fell silent were all content, or those who joined
    /// were all discontent (bounds of Manski, "Partial identification of probability distributions", 2003).
    /// </summary>
    /// <param name="mean">The mean reward of the window.</param>
    public double AtMost(double mean) => Math.Min(1, Now <= Before ? ((mean * Now) + Before - Now) / Before : mean * Now / Before);
}
