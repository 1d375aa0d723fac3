using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>How training data is cleaned.</summary>
public sealed record DataSettings
{
    /// <summary>Rows whose character-3-gram Jaccard similarity is at least this are near duplicates, (0,1].</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double NearDuplicate { get; init; } = 0.9;

    /// <summary>A row at least this similar to a validation or golden item is refused, (0,1].</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Contamination { get; init; } = 0.8;

    /// <summary>The most rows that one feedback source may give, as a share of the new rows of a slice, (0,1].</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double MaxSourceShare { get; init; } = 0.5;

    /// <summary>Whether personal data (e-mail, phone, card and account numbers) is redacted before it is kept for training.</summary>
    public bool RedactPersonalData { get; init; } = true;

    /// <summary>How far back traffic is used.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan Lookback { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How many items go to a teacher in one batch, 1 to 1,000.</summary>
    [Range(1, 1_000)]
    public int BatchSize { get; init; } = 50;
}
