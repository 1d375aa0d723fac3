using SelfImprove.Monitoring.Signals;
using SelfImprove.Statistics.Paired;

namespace SelfImprove.Planning.Diagnosing;

/// <summary>Signs that the service, not the model, is at fault: requests that end in errors, answers that take many times as long.</summary>
internal static class InfrastructureSigns
{
    private const double ErrorShare = 0.05;
    private const double LastingErrorShare = 0.15;
    private const int FewestRequests = 30;
    private const int Lately = 100;
    private const double SlowerBy = 3;
    // What is over in less than this time nobody waits for.
    private const double NoticedMs = 1_000;

    /// <summary>What speaks for it, for a person; null where nothing does.</summary>
    public static string? Of(VersionSignals? champion)
    {
        if (champion is null || champion.RecentRequests.Count < FewestRequests) return null;
        return Failing(champion, Lately) ?? Failing(champion, champion.RecentRequests.Count);
    }

    /// <summary>Answers many times as slow as before: an explanation only where the answers themselves are as good as ever.</summary>
    public static string? Slow(VersionSignals? champion)
    {
        if (champion?.LatencyMs is not { } usual) return null;
        var times = champion.RecentRequests.TakeLast(Lately).Select(r => r.LatencyMs).OfType<double>().Order().ToList();
        if (times.Count < FewestRequests) return null;
        var median = times[times.Count / 2];
        // Where slowness has lasted, it is in the whole history too; then the fastest tenth of the ring tells what was usual.
        var ring = champion.RecentRequests.Select(r => r.LatencyMs).OfType<double>().Order().ToList();
        var before = Math.Min(usual[0], ring[ring.Count / 10]);
        return median > Math.Max(NoticedMs, SlowerBy * before)
            ? FormattableString.Invariant($"Half of the last {times.Count} answers took more than {median / 1000:0.0} s (before: {before / 1000:0.00} s) and are as right as ever: repair the service, training would not help.")
            : null;
    }

    private static string? Failing(VersionSignals champion, int last)
    {
        var recent = champion.RecentRequests.TakeLast(last).ToList();
        var failed = recent.Count(r => r.Failed);
        var lower = Wilson.Interval(failed, recent.Count, 0.05)?.Lower ?? 0;
        if (lower <= ErrorShare) return null;
        // Compared with what was before the ring: trouble that has lasted for a while is no measure of what is usual.
        var ring = champion.RecentRequests.Count;
        var (past, errors) = (champion.Interactions - ring, champion.Errors - champion.RecentRequests.Count(r => r.Failed));
        if (past < FewestRequests) (past, errors) = (champion.Interactions - recent.Count, champion.Errors - failed);
        var before = past > 0 ? Math.Max(0, (double)errors / past) : 0;
        return lower > 2 * before || lower > LastingErrorShare
            ? $"{failed} of the last {recent.Count} requests failed (before: {before:P1}): repair the service, training would not help."
            : null;
    }
}
