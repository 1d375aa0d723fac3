namespace SelfImprove.DataGeneration.Splitting;

/// <summary>What an input may be used for, for ever.</summary>
public enum SplitSide
{
    /// <summary>Training data.</summary>
    Training,
    /// <summary>Validation sets.</summary>
    Validation,
}
