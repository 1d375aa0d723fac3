using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>A metric that feedback may use.</summary>
public sealed record MetricSettings
{
    /// <summary>Its name: <c>[a-z0-9-]{1,63}</c>. <c>comment</c> and <c>demonstration</c> are taken.</summary>
    [RegularExpression("[a-z0-9-]{1,63}")]
    public required string Name { get; init; }

    /// <summary>The type of its values.</summary>
    public MetricType Type { get; init; } = MetricType.Boolean;

    /// <summary>Of a number: the value that maps to reward 0 (or 1 where lower is better).</summary>
    public double Min { get; init; }

    /// <summary>Of a number: the value that maps to reward 1 (or 0 where lower is better).</summary>
    public double Max { get; init; } = 1;

    /// <summary>Whether more is better.</summary>
    public bool HigherIsBetter { get; init; } = true;

    /// <summary>Maps a value to reward in [0,1]; null where it is not finite or out of range.</summary>
    public double? Reward(double value)
    {
        if (!double.IsFinite(value) || value < Min || value > Max) return null;
        var share = Max > Min ? (value - Min) / (Max - Min) : value;
        return HigherIsBetter ? share : 1 - share;
    }
}
