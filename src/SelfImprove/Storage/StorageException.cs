namespace SelfImprove.Storage;

/// <summary>
/// The store could not do what was asked: a full disk, missing rights, a damaged document. The message is for a person and says what to do.
/// A write or append that ends so may or may not have taken effect: read back before relying on either.
/// </summary>
public sealed class StorageException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="message">What was wrong, where, and what to do.</param>
    /// <param name="path">The object's path, or the folder's.</param>
    /// <param name="inner">What the surroundings reported.</param>
    public StorageException(string message, string path, Exception? inner = null) : base(message, inner) => Path = path;

    /// <summary>The object's path, or the folder's.</summary>
    public string Path { get; }
}
