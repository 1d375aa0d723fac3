namespace SelfImprove.Statistics.Agreement;

/// <summary>How disagreements count in <see cref="CohenKappa"/>.</summary>
public enum KappaWeights
{
    /// <summary>All alike.</summary>
    None,

    /// <summary>By the distance of the categories' places in their order.</summary>
    Linear,

    /// <summary>By the squared distance.</summary>
    Quadratic,
}
