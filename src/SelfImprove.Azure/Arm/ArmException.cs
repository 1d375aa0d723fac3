namespace SelfImprove.Azure.Arm;

/// <summary>
/// Azure Resource Manager refused a call, and would again. What a later attempt may mend is thrown as
/// <see cref="Orchestration.TransientException"/>, with one of these inside.
/// </summary>
public sealed class ArmException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="call">Method and resource, for a person.</param>
    /// <param name="error">What Azure said.</param>
    /// <param name="inner">What was caught, if anything.</param>
    public ArmException(string call, ArmError error, Exception? inner = null)
        : base(error.Status > 0 ? $"Azure answered {error.Status} to {call}: {error.ForPeople}" : $"Azure did not answer {call}: {error.ForPeople}", inner) =>
            Error = error;

    /// <summary>What Azure said.</summary>
    public ArmError Error { get; }
}
