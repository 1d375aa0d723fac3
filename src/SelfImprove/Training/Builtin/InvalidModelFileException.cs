namespace SelfImprove.Training.Builtin;

/// <summary>
/// A file is not a student model that this build can use: foreign, cut short, altered, or written by a newer version. The message says which, and what to
/// do.
/// </summary>
public sealed class InvalidModelFileException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong with the file and what to do about it.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public InvalidModelFileException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
