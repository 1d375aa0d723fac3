namespace SelfImprove.Training;

/// <summary>What the rows of a dataset may have beside text.</summary>
/// <param name="Tools">Tools and calls of them.</param>
/// <param name="Images">Images in what the user says; a training profile may still be for text alone.</param>
public sealed record TrainerCapabilities(bool Tools, bool Images)
{
    /// <summary>Whether one job learns from rows and preference pairs together; otherwise pairs are a job of their own, that starts at the parent.</summary>
    public bool Combines { get; init; }

    /// <summary>Text alone.</summary>
    public static TrainerCapabilities Text { get; } = new(false, false);
}
