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
            UnseenShare = UnseenDecisions.ShareOf(facts),
            KnownDecisions = UnseenDecisions.Taught(facts),
            UnseenDecisions = Math.Max(0, facts.Decisions - UnseenDecisions.Taught(facts)),
            Slices = slices,
            Since = since,
        };

        if (InfrastructureSigns.Of(facts.Champion) is { } broken) return Of(DiagnosisCause.Infrastructure, broken);
        if (SourceTest.Worst(facts) is { } bad) return Of(DiagnosisCause.BadFeedbackSource, bad.Words) with { Source = bad.Source };
        if (AnswersAreAsGoodAsEver(facts, error, sd, measured) && InfrastructureSigns.Slow(facts.Champion) is { } slow)
            return Of(DiagnosisCause.Infrastructure, [slow, .. fall is null ? Array.Empty<string>() : [fall.Value.Words]]);
        // Before the promotion is blamed: where people disagree, which version seems better hangs on whom one asks.
        if (LabelContradictions.Of(facts) is { } torn) return Of(DiagnosisCause.ContradictoryLabels, [torn, .. fall is null ? Array.Empty<string>() : [fall.Value.Words]]);
        if (Regression(facts) is { } worse) return Of(DiagnosisCause.Regression, worse) with { RollBackTo = facts.Previous };

        var evidence = new List<string>();
        if (measured) evidence.Add($"On {facts.Pilot.Count} recent inputs labelled for this, the champion's error is {error:0.000} +- {sd:0.000}.");
        if (shift is not null) evidence.Add(shift);
        if (UnseenDecisions.Words(facts) is { } unseen) return Of(DiagnosisCause.InputShift, evidence.Prepend(unseen));
        if (WeakestSlice.Of(facts) is { } weakest)
            return Of(DiagnosisCause.WeakSlices, evidence.Prepend($"The champion errs on {weakest.Error:P0} of {weakest.Slice} ({weakest.Share:P1} of recent inputs), far more than elsewhere: it costs {weakest.RecoverableMass:0.000} of mean reward.")) with { Weakest = weakest };
        if (since is not null) return Of(DiagnosisCause.InputShift, evidence);
        return slices.Count > 0 && slices[0].RecoverableMass > 0.005
            ? Of(DiagnosisCause.WeakSlices, evidence.Prepend($"The slice {slices[0].Slice} alone loses {slices[0].RecoverableMass:0.000} of mean reward (error {slices[0].Error:0.00}, {slices[0].Share:P1} of the traffic)."))
            : Of(DiagnosisCause.None, evidence);
    }

    /// <summary>Whether the pilot, if there is one, shows no more errors than users saw before rewards fell.</summary>
    private static bool AnswersAreAsGoodAsEver(DiagnosisFacts facts, double error, double sd, bool measured)
    {
        if (!measured) return true;
        var (pilot, pilotSd) = PilotError(facts) ?? (error, sd);
        var since = ShiftOf(facts.Champion)?.Since;
        var before = facts.Champion?.Recent.TakeWhile(r => since is null || r.Time < since).Select(r => 1 - r.Reward).ToList() ?? [];
        return before.Count < 20 || pilot - (2 * pilotSd) <= before.Average();
    }

    /// <summary>
    /// The champion's error, from two witnesses weighed by their uncertainty. With labels of a teacher that is right with
    /// probability q, the share of disagreement d is about e + (1 - e)(1 - q) (where both err, they rarely err alike), hence
    /// e = (d - (1 - q)) / q; a weak teacher that learnt from the same data errs like its pupil, so half of what q leaves open
    /// is added to the uncertainty. Thumbs since the shift tell the same, as far as the share of wrong ones is known.
    /// </summary>
    private static (double Error, double Sd, bool Measured) ErrorOf(DiagnosisFacts facts)
    {
        if (PilotError(facts) is { } pilot)
        {
            if (facts.ThumbQuality is not { } thumbs) return (pilot.Mean, pilot.Sd, true);
            var (pilotVariance, thumbVariance) = (Square(pilot.Sd), Square(thumbs.Sd) + Square(ThumbDoubt));
            var weight = (1 / pilotVariance) / ((1 / pilotVariance) + (1 / thumbVariance));
            return ((weight * pilot.Mean) + ((1 - weight) * (1 - thumbs.Mean)), Math.Sqrt(1 / ((1 / pilotVariance) + (1 / thumbVariance))), true);
        }
        return facts.ThumbQuality is { } quality ? (1 - quality.Mean, quality.Sd, false) : (0.5, 0.25, false);
    }

    private static (double Mean, double Sd)? PilotError(DiagnosisFacts facts)
    {
        var n = facts.Pilot.Count;
        if (n < 20) return null;
        var disagree = (facts.Pilot.Count(p => p.Decision != p.Label) + 1.0) / (n + 2);
        var q = Math.Clamp(facts.TeacherAccuracy, 0.5, 1);
        return (Math.Clamp((disagree - (1 - q)) / q, 0, 1), Math.Sqrt((disagree * (1 - disagree) / n / (q * q)) + Square(0.5 * (1 - q))));
    }

    private static List<SliceDiagnosis> Slices(DiagnosisFacts facts, double error)
    {
        var reachable = 1 - facts.TeacherAccuracy;
        if (facts.Pilot.Count >= 20)
            return [.. facts.Pilot.GroupBy(p => p.Decision)
                .Select(g => (g.Key, Items: g.Count(), Share: (double)g.Count() / facts.Pilot.Count, Error: (g.Count(p => p.Decision != p.Label) + (2 * error)) / (g.Count() + 2)))
                .Select(g => new SliceDiagnosis(g.Key, g.Share, g.Error, g.Share * Math.Max(0, g.Error - reachable)) { Items = g.Items })
                .OrderByDescending(s => s.RecoverableMass).ThenBy(s => s.Slice, StringComparer.Ordinal).Take(20)];
        if (facts.Champion is not { Interactions: > 0 } champion) return [];
        return [.. champion.Slices.Where(s => s.Key.StartsWith("decision=", StringComparison.Ordinal) && s.Value.Recent.Count >= 10)
            .Select(s => (Name: s.Key["decision=".Length..], Share: (double)s.Value.Interactions / champion.Interactions, Error: 1 - s.Value.Recent.Average()))
            .Select(s => new SliceDiagnosis(s.Name, s.Share, s.Error, s.Share * Math.Max(0, s.Error - reachable)))
            .OrderByDescending(s => s.RecoverableMass).ThenBy(s => s.Slice, StringComparer.Ordinal).Take(20)];
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

    private static double Square(double x) => x * x;

    /// <summary>
    /// Where the rewards in the ring fell for good: the split that maximises the standardised difference of means, believed
    /// above 4 (a maximum over some thousand splits stays below that in 95 of 100 steady streams).
    /// </summary>
    public static (DateTimeOffset Since, string Words)? ShiftOf(VersionSignals? champion)
    {
        if (champion is null || champion.Recent.Count < 60) return null;
        double[] rewards = [.. champion.Recent.Select(r => r.Reward)];
        var total = rewards.Sum();
        var mean = total / rewards.Length;
        var variance = Math.Max(1e-6, rewards.Sum(r => (r - mean) * (r - mean)) / rewards.Length);
        var (best, at, left) = (0.0, 0, 0.0);
        for (var i = 1; i < rewards.Length; i++)
        {
            left += rewards[i - 1];
            if (i < 20 || rewards.Length - i < 20) continue;
            var difference = (left / i) - ((total - left) / (rewards.Length - i));
            var z = difference / Math.Sqrt(variance * ((1.0 / i) + (1.0 / (rewards.Length - i))));
            if (z > best) (best, at) = (z, i);
        }
        if (best < 4) return null;
        var (before, after) = (rewards[..at].Average(), rewards[at..].Average());
        return (champion.Recent[at].Time, $"Reward fell from {before:0.00} to {after:0.00} at {champion.Recent[at].Time.UtcDateTime:yyyy-MM-dd HH:mm} UTC.");
    }
}
