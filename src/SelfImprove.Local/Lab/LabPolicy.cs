namespace SelfImprove.Local.Lab;

/// <summary>Who decides when and on what to retrain.</summary>
public enum LabPolicy
{
    /// <summary>The product: triggers, planner, evaluation, A/B test.</summary>
    Loop,
    /// <summary>Nobody: the first version serves for ever.</summary>
    Never,
    /// <summary>Once a week, on as many labels in all as the loop bought, of inputs drawn at random; what was trained serves at once.</summary>
    Weekly,
    /// <summary>At random moments, a week apart in the mean, on labels of every input so far; what was trained serves at once.</summary>
    Everything,
}
