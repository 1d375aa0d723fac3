using SelfImprove.Agents.Manifests;
using SelfImprove.Monitoring.Events;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>Maps judgements to reward in [0,1] by the manifest: the goal's metric alone is reward; several sources' rewards are averaged.</summary>
public sealed class RewardMap
{
    /// <summary>The metric of a free remark: known to every agent, never reward.</summary>
    public const string Comment = "comment";

    /// <summary>The metric of a right output: known to every agent, never reward.</summary>
    public const string Demonstration = "demonstration";

    private readonly Dictionary<string, MetricSettings> _metrics;
    private readonly MetricSettings? _goal;

    /// <summary>Reads the manifest's metrics.</summary>
    public RewardMap(AgentManifest manifest)
    {
        Goal = manifest.Goal.Metric;
        _metrics = manifest.Metrics.ToDictionary(m => m.Name, StringComparer.Ordinal);
        _goal = _metrics.GetValueOrDefault(Goal);
    }

    /// <summary>The goal's metric.</summary>
    public string Goal { get; }

    /// <summary>Whether feedback may use the metric.</summary>
    public bool Knows(string metric) => metric is Comment or Demonstration || _metrics.ContainsKey(metric);

    /// <summary>A metric's value as reward; null where the metric is unknown, or the value is none of its values.</summary>
    public double? Reward(string metric, double value) =>
        _metrics.TryGetValue(metric, out var settings) ? Reward(settings, value) : null;

    /// <summary>A value of the goal's metric as reward; null where it is none of its values.</summary>
    public double? RewardOfGoal(double value) => _goal is null ? null : Reward(_goal, value);

    private static double? Reward(MetricSettings settings, double value) =>
        settings.Type == MetricType.Boolean ? value is 0 or 1 ? (settings.HigherIsBetter ? value : 1 - value) : null
        : settings.Reward(value);

    /// <summary>What is wrong with a value, for a person; null where nothing is.</summary>
    public string? Refuse(string metric, double? value)
    {
        if (metric is Comment or Demonstration || (metric == Goal && value is { } known && RewardOfGoal(known) is not null)) return null;
        if (!_metrics.TryGetValue(metric, out var settings))
            return $"metric '{metric}' is not in the manifest; expected one of {string.Join(", ", _metrics.Keys.Order(StringComparer.Ordinal))}, {Comment} or {Demonstration}";
        if (value is not { } number || Reward(metric, number) is null)
            return settings.Type == MetricType.Boolean
                ? $"metric '{metric}' takes true or false"
                : FormattableString.Invariant($"metric '{metric}' takes a number from {settings.Min} to {settings.Max}");
        return null;
    }

    /// <summary>The mean reward of judgements; null where none is on the goal.</summary>
    public double? Mean(IEnumerable<Feedback> judgements)
    {
        var (sum, count) = (0.0, 0);
        foreach (var judgement in judgements)
            if (judgement.Metric == Goal && judgement.Value is { } value && Reward(Goal, value) is { } reward)
                (sum, count) = (sum + reward, count + 1);
        return count == 0 ? null : sum / count;
    }

    /// <summary>Changes with everything that changes rewards.</summary>
    internal string Signature => _metrics.TryGetValue(Goal, out var goal)
        ? FormattableString.Invariant($"{Goal}/{goal.Type}/{goal.Min:R}/{goal.Max:R}/{goal.HigherIsBetter}")
        : Goal;
}
