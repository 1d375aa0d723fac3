using SelfImprove.Azure.Arm;

namespace SelfImprove.Azure.Training.OpenAi;

/// <summary>The fine-tuning service refused a call, and would again.</summary>
internal sealed class FineTuningRefusedException(string message, ArmErrorKind kind) : Exception(message)
{
    /// <summary>What it means.</summary>
    public ArmErrorKind Kind { get; } = kind;
}
