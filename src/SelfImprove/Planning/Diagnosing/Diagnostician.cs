using SelfImprove.Monitoring.Signals;
using SelfImprove.Statistics.Distributions;
using SelfImprove.Statistics.Paired;

namespace SelfImprove.Planning.Diagnosing;

/// <summary>
/// Tells what is behind a decline. Causes that training can't mend are looked for first: infrastructure, a source of feedback
/// that contradicts adjudication on its own items, a promotion that made things worse. Pure.
/// </summary>
public static class Diagnostician
{
    private const double ErrorShare = 0.05;
    private const int FewestSourceItems = 15;
    private const double NewDecisionShare = 0.05;
    private const int FewRows = 3;
    private const double ThumbDoubt = 0.05;

    /// <summary>Diagnoses.</summary>
    public static Diagnosis Diagnose(DiagnosisFacts facts)
    {
        var (error, sd, measured) = ErrorOf(facts);
        var slices = Slices(facts, error);
        var fall = ShiftOf(facts.Champion);
        var (since, shift) = (fall?.Since, fall?.Words);
        Diagnosis Of(DiagnosisCause cause, params IEnumerable<string> evidence) => new()
        {
            Cause = cause,
            Evidence = [.. evidence],
            ChampionError = error,
            ChampionErrorSd = sd,
            Measured = measured,
            UnseenShare = UnseenShare(facts),
            KnownDecisions = Taught(facts),
            UnseenDecisions = Math.Max(0, facts.Decisions - Taught(facts)),
            Slices = slices,
            Since = since,
        };

        if (Infrastructure(facts.Champion) is { } broken) return Of(DiagnosisCause.Infrastructure, broken);
        if (BadSource(facts) is { } bad) return Of(DiagnosisCause.BadFeedbackSource, bad.Words) with { Source = bad.Source };
        if (Regression(facts) is { } worse) return Of(DiagnosisCause.Regression, worse) with { RollBackTo = facts.Previous };

        var evidence = new List<string>();
        if (measured) evidence.Add($"On {facts.Pilot.Count} recent inputs labelled for this, the champion's error is {error:0.000} +- {sd:0.000}.");
        if (shift is not null) evidence.Add(shift);
        if (NewDecisions(facts) is { } unseen) return Of(DiagnosisCause.InputShift, evidence.Prepend(unseen));
        if (facts.Demonstrations is { Given: >= 20 } given && given.Contradicting > 0.2 * given.Given)
            return Of(DiagnosisCause.ContradictoryLabels, evidence.Prepend($"{given.Contradicting} of {given.Given} demonstrations contradict another one of the same input: ask people which is right."));
        if (since is not null) return Of(DiagnosisCause.InputShift, evidence);
        return slices.Count > 0 && slices[0].RecoverableMass > 0.005
            ? Of(DiagnosisCause.WeakSlices, evidence.Prepend($"The slice {slices[0].Slice} alone loses {slices[0].RecoverableMass:0.000} of mean reward (error {slices[0].Error:0.00}, {slices[0].Share:P1} of the traffic)."))
            : Of(DiagnosisCause.None, evidence);
    }

    /// <summary>
    /// The champion's error, from two witnesses weighed by their uncertainty. With labels of a teacher that is right with
    /// probability q, the share of disagreement d is about e + (1 - e)(1 - q) (where both err, they rarely err alike), hence
    /// e = (d - (1 - q)) / q; a weak teacher that learnt from the same data errs like its pupil, so half of what q leaves open
    /// is added to the uncertainty. Thumbs since the shift tell the same, as far as the share of wrong ones is known.
    /// </summary>
    private static (double Error, double Sd, bool Measured) ErrorOf(DiagnosisFacts facts)
    {
        if (facts.Pilot.Count >= 20)
        {
            var n = facts.Pilot.Count;
            var disagree = (facts.Pilot.Count(p => p.Decision != p.Label) + 1.0) / (n + 2);
            var q = Math.Clamp(facts.TeacherAccuracy, 0.5, 1);
            var (pilot, pilotVariance) = (Math.Clamp((disagree - (1 - q)) / q, 0, 1), (disagree * (1 - disagree) / n / (q * q)) + Square(0.5 * (1 - q)));
            if (facts.ThumbQuality is not { } thumbs) return (pilot, Math.Sqrt(pilotVariance), true);
            var thumbVariance = Square(thumbs.Sd) + Square(ThumbDoubt);
            var weight = (1 / pilotVariance) / ((1 / pilotVariance) + (1 / thumbVariance));
            return ((weight * pilot) + ((1 - weight) * (1 - thumbs.Mean)), Math.Sqrt(1 / ((1 / pilotVariance) + (1 / thumbVariance))), true);
        }
        return facts.ThumbQuality is { } quality ? (1 - quality.Mean, quality.Sd, false) : (0.5, 0.25, false);
    }

    private static List<SliceDiagnosis> Slices(DiagnosisFacts facts, double error)
    {
        var reachable = 1 - facts.TeacherAccuracy;
        if (facts.Pilot.Count >= 20)
            return [.. facts.Pilot.GroupBy(p => p.Decision)
                .Select(g => (g.Key, Share: (double)g.Count() / facts.Pilot.Count, Error: (g.Count(p => p.Decision != p.Label) + (2 * error)) / (g.Count() + 2)))
                .Select(g => new SliceDiagnosis(g.Key, g.Share, g.Error, g.Share * Math.Max(0, g.Error - reachable)))
                .OrderByDescending(s => s.RecoverableMass).ThenBy(s => s.Slice, StringComparer.Ordinal).Take(20)];
        if (facts.Champion is not { Interactions: > 0 } champion) return [];
        return [.. champion.Slices.Where(s => s.Key.StartsWith("decision=", StringComparison.Ordinal) && s.Value.Recent.Count >= 10)
            .Select(s => (Name: s.Key["decision=".Length..], Share: (double)s.Value.Interactions / champion.Interactions, Error: 1 - s.Value.Recent.Average()))
            .Select(s => new SliceDiagnosis(s.Name, s.Share, s.Error, s.Share * Math.Max(0, s.Error - reachable)))
            .OrderByDescending(s => s.RecoverableMass).ThenBy(s => s.Slice, StringComparer.Ordinal).Take(20)];
    }

    private static string? Infrastructure(VersionSignals? champion)
    {
        if (champion is null || champion.RecentRequests.Count < 30) return null;
        var recent = champion.RecentRequests.TakeLast(100).ToList();
        var failed = recent.Count(r => r.Failed);
        var lower = Wilson.Interval(failed, recent.Count, 0.05)?.Lower ?? 0;
        var before = champion.Interactions > recent.Count ? (double)(champion.Errors - failed) / (champion.Interactions - recent.Count) : 0;
        return lower > Math.Max(ErrorShare, 2 * before)
            ? $"{failed} of the last {recent.Count} requests failed (before: {before:P1}): repair the service, training would not help."
            : null;
    }

    /// <summary>A source is bad where its own items, adjudicated, contradict it far more often than honest error explains: at least 40%, and significantly above 25%.</summary>
    private static (string Source, string Words)? BadSource(DiagnosisFacts facts)
    {
        foreach (var (source, items) in facts.Adjudicated.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            if (items.Count < FewestSourceItems) continue;
            var contradicted = items.Count(i => i.Reward >= 0.5 != i.Right);
            if (contradicted >= 0.4 * items.Count && Wilson.Interval(contradicted, items.Count, 0.05)?.Lower > 0.25)
                return (source, $"Of {items.Count} items that {source} judged, a teacher contradicts it on {contradicted}: its feedback is put in quarantine, training on it would do harm.");
        }
        return null;
    }

    private static string? Regression(DiagnosisFacts facts)
    {
        var paired = facts.Pilot.Where(p => p.PreviousDecision is not null).ToList();
        if (facts.Previous is null || paired.Count < 30) return null;
        var better = paired.Count(p => p.PreviousDecision == p.Label && p.Decision != p.Label);
        var worse = paired.Count(p => p.PreviousDecision != p.Label && p.Decision == p.Label);
        if (better <= worse) return null;
        var p = Binomial.UpperTail(better, better + worse, 0.5);
        return p < 0.01
            ? $"The version before, {facts.Previous}, replayed on {paired.Count} recent inputs, is right where the champion is wrong on {better}, the other way round on {worse} (p = {p:0.0000}): go back to it."
            : null;
    }

    private static int Taught(DiagnosisFacts facts) => facts.KnownDecisions?.Count(d => d.Value >= FewRows) ?? 0;

    private static List<JudgedItem> Unseen(DiagnosisFacts facts) => facts.KnownDecisions is null || facts.Pilot.Count < 20
        ? []
        : [.. facts.Pilot.Where(p => facts.KnownDecisions.GetValueOrDefault(p.Label) < FewRows)];

    private static double UnseenShare(DiagnosisFacts facts) => facts.Pilot.Count == 0 ? 0 : (double)Unseen(facts).Count / facts.Pilot.Count;

    private static double Square(double x) => x * x;

    private static string? NewDecisions(DiagnosisFacts facts)
    {
        var unseen = Unseen(facts);
        var share = UnseenShare(facts);
        if (share < NewDecisionShare) return null;
        var names = unseen.GroupBy(p => p.Label).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Key).ToList();
        return $"{share:P0} of recent inputs want a decision that the champion was never taught: {string.Join(", ", names.Take(5))}{(names.Count > 5 ? $" and {names.Count - 5} more" : "")}.";
    }

    /// <summary>
    /// Where the rewards in the ring fell for good: the split that maximises the standardised difference of means, believed
    /// above 4 (a maximum over some thousand splits stays below that in 95 of 100 steady streams).
    /// </summary>
    public static (DateTimeOffset Since, string Words)? ShiftOf(VersionSignals? champion)
    {
        if (champion is null || champion.Recent.Count < 60) return null;
        var rewards = champion.Recent;
        var total = rewards.Sum(r => r.Reward);
        var mean = total / rewards.Count;
        var variance = Math.Max(1e-6, rewards.Sum(r => (r.Reward - mean) * (r.Reward - mean)) / rewards.Count);
        var (best, at, left) = (0.0, 0, 0.0);
        for (var i = 1; i < rewards.Count; i++)
        {
            left += rewards[i - 1].Reward;
            if (i < 20 || rewards.Count - i < 20) continue;
            var difference = (left / i) - ((total - left) / (rewards.Count - i));
            var z = difference / Math.Sqrt(variance * ((1.0 / i) + (1.0 / (rewards.Count - i))));
            if (z > best) (best, at) = (z, i);
        }
        if (best < 4) return null;
        var before = rewards.Take(at).Average(r => r.Reward);
        var after = rewards.Skip(at).Average(r => r.Reward);
        return (rewards[at].Time, $"Reward fell from {before:0.00} to {after:0.00} at {rewards[at].Time.UtcDateTime:yyyy-MM-dd HH:mm} UTC.");
    }
}
