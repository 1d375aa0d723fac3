namespace SelfImprove.Statistics.Moments;

/// <summary>
/// Sums over clusters (callers' keys) from which a mean and its cluster-robust variance follow: the ratio estimator of sum over count, linearised (Cochran,
/// "Sampling Techniques",
/// 1977, section 6.3; Deng, Knoblich and Lu, "Applying the delta method in metric analytics", 2018). Requests of one key may be correlated in any way; keys
/// must be independent.
/// Immutable and mergeable over disjoint sets of keys; of bounded size, whatever the number of keys.
/// </summary>
/// <param name="Clusters">Number of clusters with at least one observation.</param>
/// <param name="Count">Number of observations.</param>
/// <param name="Sum">Sum of the observations.</param>
/// <param name="SumSquared">Sum over clusters of (cluster's sum)^2.</param>
/// <param name="SumTimesCount">Sum over clusters of (cluster's sum x cluster's count).</param>
/// <param name="CountSquared">Sum over clusters of (cluster's count)^2.</param>
public readonly record struct ClusterTotals(long Clusters, double Count, double Sum, double SumSquared, double SumTimesCount, double CountSquared)
{
    /// <summary>Mean over observations; null while there are none.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double? Mean => Count > 0 ? Sum / Count : null;

    /// <summary>
    /// Squared standard error of <see cref="Mean"/>, with the clusters / (clusters - 1) correction; null with fewer than two clusters.
    /// </summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double? MeanVariance
    {
        get
        {
            if (Clusters < 2) return null;
            var mean = Sum / Count;
            var squares = Math.Max(0, SumSquared - 2 * mean * SumTimesCount + mean * mean * CountSquared);
            return squares / (Count * Count) * Clusters / (Clusters - 1);
        }
    }

    /// <summary>
    /// Variance per cluster, that is clusters x <see cref="MeanVariance"/>: what a confidence sequence over clusters takes as the variance of one unit. Null
    /// with fewer than two clusters.
    /// </summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double? UnitVariance => MeanVariance * Clusters;

    /// <summary>
    /// How many times larger the variance is than independent 0/1 observations of this mean would give (the design effect); null where not computable.
    /// </summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double? DesignEffect => MeanVariance is { } variance && Mean is { } mean && mean * (1 - mean) > 0 ? variance * Count / (mean * (1 - mean)) : null;

    /// <summary>
    /// The totals after one cluster went from (<paramref name="oldCount"/>, <paramref name="oldSum"/>) to (<paramref name="newCount"/>,
    /// <paramref name="newSum"/>); a count of 0 is a cluster not yet, or no more, there.
    /// </summary>
    public ClusterTotals Replace(double oldCount, double oldSum, double newCount, double newSum)
    {
        Require.NonNegative(oldCount);
        Require.NonNegative(newCount);
        Require.Finite(oldSum);
        Require.Finite(newSum);
        return new ClusterTotals(
            Clusters + (newCount > 0 ? 1 : 0) - (oldCount > 0 ? 1 : 0),
            Count + newCount - oldCount,
            Sum + newSum - oldSum,
            SumSquared + newSum * newSum - oldSum * oldSum,
            SumTimesCount + newSum * newCount - oldSum * oldCount,
            CountSquared + newCount * newCount - oldCount * oldCount);
    }

    /// <summary>Of two disjoint sets of clusters.</summary>
    public ClusterTotals Merge(ClusterTotals other) => new(
        Clusters + other.Clusters, Count + other.Count, Sum + other.Sum, SumSquared + other.SumSquared, SumTimesCount + other.SumTimesCount,
        CountSquared + other.CountSquared);

    /// <summary>The totals of values in memory, each with its cluster's key.</summary>
    public static ClusterTotals Of(IEnumerable<(string Key, double Value)> observations)
    {
        ArgumentNullException.ThrowIfNull(observations);
        var clusters = new Dictionary<string, (double Count, double Sum)>(StringComparer.Ordinal);
        foreach (var (key, value) in observations)
        {
            var (count, sum) = clusters.GetValueOrDefault(key);
            clusters[key] = (count + 1, sum + Require.Finite(value));
        }
        return clusters.Values.Aggregate(new ClusterTotals(), (totals, cluster) => totals.Replace(0, 0, cluster.Count, cluster.Sum));
    }
}
