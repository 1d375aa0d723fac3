using SelfImprove.Monitoring.Signals;
using SelfImprove.Statistics.Paired;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>The share of requests that are judged, before and lately.</summary>
/// <param name="Before">In the version's first time.</param>
/// <param name="Now">Over the window.</param>
/// <param name="Doubt">How far off their difference may be, with 95% confidence to one side.</param>
/// <param name="Changed">Whether it changed, surely and by much.</param>
internal sealed record ResponseRate(double Before, double Now, double Doubt, bool Changed)
{
    private const int FewestRequests = 50;
    private const int Early = 1_000;
    private const double Sure = 1.645;
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
        // Between two marks the count is not known: counts go from mark to mark.
        if (Reference(champion, start) is not { } then || champion.Served.LastOrDefault(m => m.Time <= start) is not { Interactions: > 0 } mark) return null;
        var (served, judged) = (champion.Interactions - mark.Interactions, JudgedSince(champion, mark));
        var (servedBefore, judgedBefore) = (then.Interactions, champion.Judged - JudgedSince(champion, then));
        if (served < FewestRequests || servedBefore < FewestRequests || judgedBefore <= 0) return null;
        var (before, now) = (Math.Min(1, (double)judgedBefore / servedBefore), Math.Min(1, (double)judged / served));
        var p = TwoProportions.PValue(Math.Min(judgedBefore, servedBefore), servedBefore, Math.Min(judged, served), served) ?? 1;
        var doubt = Sure * Math.Sqrt((before * (1 - before) / servedBefore) + (now * (1 - now) / served));
        return new ResponseRate(before, now, doubt, p < Alpha && Math.Abs(now - before) > ByMuch * before);
    }

    // Up to where "before" goes: as early as the signals still tell, for what is compared with must not have changed already.
    private static ServedMark? Reference(VersionSignals champion, DateTimeOffset start)
    {
        var ring = champion.Recent[0].Time;
        var forgotten = champion.Judged > champion.Recent.Count ? champion.Served.LastOrDefault(m => m.Time <= ring) : default;
        if (forgotten.Interactions >= Early) return forgotten;
        var early = champion.Served.FirstOrDefault(m => m.Interactions >= Early);
        if (early.Interactions == 0 || early.Time > start) early = champion.Served.LastOrDefault(m => m.Time <= start);
        return early.Interactions > 0 ? early : null;
    }

    private static int JudgedSince(VersionSignals champion, ServedMark mark) => champion.Recent.Count(r => r.Time > mark.Time);

    /// <summary>
    /// The highest mean reward that those who answered before may have given by now, if nothing but who answers has changed: those who fell silent were all content, or those who joined
    /// were all discontent (bounds of Manski, "Partial identification of probability distributions", 2003).
    /// </summary>
    /// <param name="mean">The mean reward of the window.</param>
    public double AtMost(double mean) => Math.Min(1, Math.Max(Silent(mean, Math.Max(0, Now - Doubt)), Joined(mean, Now + Doubt)));

    private double Silent(double mean, double now) => now >= Before ? mean : ((mean * now) + Before - now) / Before;

    private double Joined(double mean, double now) => now <= Before ? mean : mean * now / Before;
}
