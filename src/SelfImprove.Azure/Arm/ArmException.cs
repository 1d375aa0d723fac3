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
            (Error, Call) = (error, call);

    /// <summary>What Azure said.</summary>
    public ArmError Error { get; }

    /// <summary>Method and resource.</summary>
    public string Call { get; }

    /// <summary>What is wrong and what to do, and only then where: for messages of which the end may be cut off.</summary>
    public string ForPeople => $"{Error.ForPeople} ({(Error.Status > 0 ? $"Azure answered {Error.Status} to" : "Azure did not answer")} {Call}.)";
}
