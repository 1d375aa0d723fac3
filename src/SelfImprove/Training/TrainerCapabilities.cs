namespace SelfImprove.Training;

/// <summary>What the rows of a dataset may have beside text.</summary>
/// <param name="Tools">Tools and calls of them.</param>
/// <param name="Images">Images in what the user says; a training profile may still be for text alone.</param>
public sealed record TrainerCapabilities(bool Tools, bool Images)
{
    /// <summary>Text alone.</summary>
    public static TrainerCapabilities Text { get; } = new(false, false);
}
