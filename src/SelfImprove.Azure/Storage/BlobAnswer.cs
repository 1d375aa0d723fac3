using Azure;

namespace SelfImprove.Azure.Storage;

/// <summary>The service's last answer to a request.</summary>
/// <param name="Response">The answer.</param>
/// <param name="IsRetried">Whether an attempt before had no answer, or an error that says nothing: it may have taken effect all the same.</param>
internal readonly record struct BlobAnswer(Response Response, bool IsRetried)
{
    public int Status => Response.Status;

    public string ETag => Header("ETag") ?? throw new InvalidOperationException("The service sent no ETag.");

    public string? Header(string name) => Response.Headers.TryGetValue(name, out var value) ? value : null;

    /// <summary>The service's own name of what was wrong.</summary>
    public string Code => BlobErrors.CodeOf(Response);
}
