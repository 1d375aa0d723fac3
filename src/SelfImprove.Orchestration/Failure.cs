using System.Net;
using System.Net.Sockets;

namespace SelfImprove.Orchestration;

/// <summary>A failure as data: it crosses processes and is kept in history.</summary>
/// <param name="Type">A stable name of the kind of failure: the exception's type name.</param>
/// <param name="Message">For a person: what was wrong, where, what was expected, what to do.</param>
/// <param name="IsTransient">Whether the same call may succeed later.</param>
public sealed record Failure(string Type, string Message, bool IsTransient)
{
    /// <summary>
    /// What an exception says, as data. Transient: <see cref="TransientException"/>, time-outs (a cancellation that the host did not ask for is one: that is how
    /// HttpClient says it), network errors, HTTP 408, 429 and 5xx, and I/O errors other than a missing or unusable path, also where
    /// another exception explains one (the store's, of a full disk). Everything else is lasting.
    /// </summary>
    public static Failure From(Exception exception) => exception switch
    {
        OrchestrationFailureException inner => new Failure(inner.Failure.Type, inner.Message, inner.Failure.IsTransient),
        AggregateException { InnerExceptions: [var only] } => From(only),
        _ => new Failure(exception.GetType().Name, exception.Message, IsTransientException(exception)),
    };

    private static bool IsTransientException(Exception exception) => exception switch
    {
        TransientException or TimeoutException or OperationCanceledException or SocketException => true,
        HttpRequestException { StatusCode: { } code } => code is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)code >= 500,
        HttpRequestException => true,
        FileNotFoundException or DirectoryNotFoundException or DriveNotFoundException or PathTooLongException => false,
        InvalidDataException or EndOfStreamException => false,
        IOException => true,
        { InnerException: IOException inner } => IsTransientException(inner),
        _ => false,
    };
}
