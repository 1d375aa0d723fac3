namespace SelfImprove.Statistics.Distributions;

/// <summary>The binomial law and its exact test (Clopper and Pearson 1934).</summary>
public static class Binomial
{
    /// <summary>ln P(K = <paramref name="successes"/>) of <paramref name="trials"/> with success rate <paramref name="rate"/> in [0, 1].</summary>
    public static double LogProbability(long successes, long trials, double rate)
    {
        Require.Part(successes, Require.Count(trials));
        Require.Rate(rate);
        if (rate == 0) return successes == 0 ? 0 : double.NegativeInfinity;
        if (rate == 1) return successes == trials ? 0 : double.NegativeInfinity;
        if (trials == 0) return 0;
        var logChoose = -Math.Log(trials + 1.0) - Beta.LogFunction(successes + 1.0, trials - successes + 1.0);
        return logChoose + successes * Math.Log(rate) + (trials - successes) * Logs.Log1P(-rate);
    }

    /// <summary>P(K at most <paramref name="successes"/>); below 0 it is 0, from the number of trials up it is 1.</summary>
    public static double Cdf(long successes, long trials, double rate)
    {
        Require.Count(trials);
        Require.Rate(rate);
        if (successes < 0) return 0;
        if (successes >= trials || rate == 0) return 1;
        return rate == 1 ? 0 : Beta.Cdf(1 - rate, trials - successes, successes + 1.0);
    }

    /// <summary>P(K at least <paramref name="successes"/>), without cancellation.</summary>
    public static double UpperTail(long successes, long trials, double rate)
    {
        Require.Count(trials);
        Require.Rate(rate);
        if (successes <= 0) return 1;
        if (successes > trials || rate == 0) return 0;
        return rate == 1 ? 1 : Beta.Cdf(rate, successes, trials - successes + 1.0);
    }

    /// <summary>
    /// Exact two-sided p-value of the hypothesis that the success rate is <paramref name="rate"/>: the total probability of all outcomes no likelier than the
    /// one seen.
    /// Null without trials: nothing was observed, so nothing can be said.
    /// </summary>
    public static double? TwoSidedPValue(long successes, long trials, double rate)
    {
        Require.Part(successes, Require.Count(trials));
        Require.Fraction(rate);
        if (trials == 0) return null;
        var seen = LogProbability(successes, trials, rate) + 1e-9; // a relative tolerance, so that mirror images count as equal in spite of rounding
        var mode = (long)Math.Floor((trials + 1) * rate);
        if (successes == mode) return 1;
        if (successes < mode)
        {
            long low = mode, high = trials + 1; // the first outcome above the mode that is no likelier
            while (low < high)
            {
                var middle = low + (high - low) / 2;
                if (middle > trials || LogProbability(middle, trials, rate) <= seen) high = middle;
                else low = middle + 1;
            }
            return Math.Min(1, Cdf(successes, trials, rate) + UpperTail(low, trials, rate));
        }
        long first = -1, last = Math.Min(mode, trials); // the last outcome below the mode that is no likelier
        while (first < last)
        {
            var middle = first + (last - first + 1) / 2;
            if (LogProbability(middle, trials, rate) <= seen) first = middle;
            else last = middle - 1;
        }
        return Math.Min(1, UpperTail(successes, trials, rate) + Cdf(first, trials, rate));
    }
}
