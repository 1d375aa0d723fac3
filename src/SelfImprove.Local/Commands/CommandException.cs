namespace SelfImprove.Local.Commands;

/// <summary>A command can't do what it was asked: one clear sentence for standard error, and an exit code.</summary>
/// <param name="message">The sentence.</param>
/// <param name="exitCode">1 for a failure, 2 for wrong usage.</param>
public sealed class CommandException(string message, int exitCode = ExitCodes.Failure) : Exception(message)
{
    /// <summary>The exit code.</summary>
    public int ExitCode { get; } = exitCode;
}
