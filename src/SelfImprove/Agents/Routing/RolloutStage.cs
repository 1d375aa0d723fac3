namespace SelfImprove.Agents.Routing;

/// <summary>How far a challenger has come.</summary>
public enum RolloutStage
{
    /// <summary>The A/B test: it answers its share of the callers.</summary>
    Test,
    /// <summary>It answers nobody yet; what it would have said is compared with what the champion said.</summary>
    Shadow,
}
