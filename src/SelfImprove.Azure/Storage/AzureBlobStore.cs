using System.Globalization;
using Azure.Core;
using SelfImprove.Storage;

namespace SelfImprove.Azure.Storage;

/// <summary>
/// Objects in a container of Azure Blob Storage, or of its emulator Azurite, for any number of hosts at once. Written objects are block blobs, appended
/// ones append blobs. The container is made at the first request where it is missing.
/// <para>
/// <em>Answers that got lost.</em> Requests are tried again, so that a try may meet the effect of one before it. A conditional write that finds its
/// condition broken looks for its own stamp among those that the object carries (<see cref="WriteHistory"/>); an append whose place is taken is read
/// back and compared; a delete that finds nothing counts as done. Where nobody can tell any more, because other writers came in between who do not
/// keep stamps, or too many of them, a conditional write ends in a <see cref="StorageException"/>, and the port asks its caller to read back.
/// </para>
/// <para>
/// An appended object takes 50,000 appends of up to 100 MiB. Appending to a written object rewrites it, by compare-and-swap. The service does not let an
/// appended object be written as a whole: delete it first.
/// </para>
/// </summary>
public sealed class AzureBlobStore : IObjectStore, IDisposable
{
    private const int MaxAppendBytes = 100 << 20;
    private const int MaxTries = 20;

    // What a write returns that took effect and was replaced before its ETag could be seen: no object ever has it, so that a write on this condition fails.
    private const string ReplacedETag = "\"0x0\"";

    private readonly BlobPipeline _pipeline;
    private readonly BlobListing _listing;
    private readonly WriteHistory _history;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private volatile bool _isOpen;

    /// <summary>Opens nothing yet: see <see cref="OpenAsync"/>.</summary>
    /// <param name="settings">Where.</param>
    /// <param name="credential">Gives Entra ID tokens; not needed with a key.</param>
    /// <param name="options">How often to retry, and so on.</param>
    /// <param name="clock">Dates signatures: the real time, whatever a program simulates.</param>
    /// <param name="newId">Makes the stamps of writes.</param>
    /// <exception cref="ArgumentNullException">There is neither a key nor a credential.</exception>
    public AzureBlobStore(
        BlobStoreSettings settings, TokenCredential? credential = null, BlobStoreOptions? options = null, TimeProvider? clock = null, Func<Guid>? newId = null)
    {
        Settings = settings;
        options ??= new BlobStoreOptions();
        _pipeline = new BlobPipeline(settings, credential, options, clock ?? TimeProvider.System);
        _listing = new BlobListing(_pipeline, options.PageSize);
        _history = new WriteHistory(newId ?? Guid.NewGuid);
    }

    /// <summary>Where it is.</summary>
    public BlobStoreSettings Settings { get; }

    /// <summary>Makes the container where it is missing, once; the first request of any kind does so by itself. For a host that wants to fail at its start.</summary>
    /// <exception cref="StorageException">The account can't be reached, or refuses.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_isOpen) return;
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isOpen) return;
            using var message = _pipeline.Container(RequestMethod.Put, "");
            var answer = await _pipeline.SendAsync(message, "the container", "make", cancellationToken).ConfigureAwait(false);
            if (answer.Status != 201 && answer.Code != "ContainerAlreadyExists") throw _pipeline.Refused(answer.Response, "the container", "make");
            _isOpen = true;
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<StoredObject?> ReadAsync(string path, ByteRange? range = null, CancellationToken cancellationToken = default)
    {
        StoragePath.Check(path);
        var (offset, most) = (range?.Offset ?? 0, range?.Length ?? long.MaxValue);
        ArgumentOutOfRangeException.ThrowIfNegative(offset, nameof(range));
        ArgumentOutOfRangeException.ThrowIfNegative(most, nameof(range));
        await OpenAsync(cancellationToken).ConfigureAwait(false);
        if (most == 0) return await HeadAsync(path, cancellationToken).ConfigureAwait(false) is { } only ? new StoredObject(default, only.ETag, LengthOf(only)) : null;

        using var message = _pipeline.Blob(RequestMethod.Get, path);
        if (offset > 0 || most < long.MaxValue)
        {
            var end = most > long.MaxValue - offset ? "" : (offset + most - 1).ToString(CultureInfo.InvariantCulture);
            message.Request.Headers.SetValue("x-ms-range", string.Create(CultureInfo.InvariantCulture, $"bytes={offset}-{end}"));
        }
        var answer = await _pipeline.SendAsync(message, path, "read", cancellationToken).ConfigureAwait(false);
        switch (answer.Status)
        {
            case 200 or 206:
                var bytes = answer.Response.Content.ToMemory();
                _history.Note(path, answer.ETag, answer.Header(WriteHistory.Header));
                return new StoredObject(bytes, answer.ETag, answer.Status == 200 ? bytes.Length : WholeLength(answer));
            case 416:
                return await HeadAsync(path, cancellationToken).ConfigureAwait(false) is { } head ? new StoredObject(default, head.ETag, LengthOf(head)) : null;
            case 404 when answer.Code == "BlobNotFound":
                return null;
            default:
                throw _pipeline.Refused(answer.Response, path, "read");
        }
    }

    /// <inheritdoc/>
    public async Task<WriteResult> WriteAsync(
        string path, ReadOnlyMemory<byte> bytes, WriteCondition condition = default, CancellationToken cancellationToken = default)
    {
        StoragePath.Check(path);
        await OpenAsync(cancellationToken).ConfigureAwait(false);
        var line = _history.Next(path, condition);
        var answer = await PutAsync("BlockBlob", path, bytes, condition, line, cancellationToken).ConfigureAwait(false);
        switch (answer.Status, answer.Code)
        {
            case (201, _):
                _history.Note(path, answer.ETag, line);
                return new WriteResult(true, answer.ETag);
            case (412, _) or (409, "BlobAlreadyExists"):
                return answer.IsRetried ? await FindOutAsync(path, line, condition, cancellationToken).ConfigureAwait(false) : default;
            case (409, "InvalidBlobType") when condition.Absent || !await HasAsync(path, condition.ETag, cancellationToken).ConfigureAwait(false):
                return default;
            default:
                throw _pipeline.Refused(answer.Response, path, "write");
        }
    }

    /// <inheritdoc/>
    public async Task<AppendResult> AppendAsync(string path, ReadOnlyMemory<byte> bytes, long expectedLength, CancellationToken cancellationToken = default)
    {
        StoragePath.Check(path);
        ArgumentOutOfRangeException.ThrowIfNegative(expectedLength);
        if (bytes.Length > MaxAppendBytes) throw new StorageException($"{path} can't be appended {bytes.Length} bytes at once; the most is {MaxAppendBytes}.", path);
        await OpenAsync(cancellationToken).ConfigureAwait(false);
        if (expectedLength == 0)
        {
            // Whoever makes it, the append below decides by the length. A process that dies in between leaves an empty object.
            var made = await PutAsync("AppendBlob", path, default, WriteCondition.IfAbsent, _history.Next(path, WriteCondition.IfAbsent), cancellationToken).ConfigureAwait(false);
            if (made.Status is not (201 or 409 or 412)) throw _pipeline.Refused(made.Response, path, "append to");
        }
        if (bytes.IsEmpty)
        {
            var length = await LengthAsync(path, cancellationToken).ConfigureAwait(false);
            return new AppendResult(length == expectedLength, length);
        }

        using var message = _pipeline.Blob(RequestMethod.Put, path, "?comp=appendblock");
        message.Request.Headers.SetValue("x-ms-blob-condition-appendpos", expectedLength.ToString(CultureInfo.InvariantCulture));
        message.Request.Content = RequestContent.Create(bytes);
        var answer = await _pipeline.SendAsync(message, path, "append to", cancellationToken).ConfigureAwait(false);
        switch (answer.Status, answer.Code)
        {
            case (201, _):
                return new AppendResult(true, expectedLength + bytes.Length);
            case (404, "BlobNotFound"):
                return new AppendResult(false, 0);
            case (412, _):
                // The length only ever grows, so where a try before this one got through, its bytes are where they were meant to go.
                if (answer.IsRetried && await HoldsAsync(path, expectedLength, bytes, cancellationToken).ConfigureAwait(false))
                    return new AppendResult(true, expectedLength + bytes.Length);
                return new AppendResult(false, await LengthAsync(path, cancellationToken).ConfigureAwait(false));
            case (409, "InvalidBlobType"):
                return await RewriteAsync(path, bytes, expectedLength, cancellationToken).ConfigureAwait(false);
            default:
                throw _pipeline.Refused(answer.Response, path, "append to");
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredEntry> ListAsync(
        string prefix, string? after = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        StoragePath.CheckPrefix(prefix);
        await OpenAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var entry in _listing.ListAsync(prefix, after, cancellationToken).ConfigureAwait(false)) yield return entry;
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string path, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        StoragePath.Check(path);
        await OpenAsync(cancellationToken).ConfigureAwait(false);
        using var message = _pipeline.Blob(RequestMethod.Delete, path);
        if (ifMatch is not null) message.Request.Headers.SetValue("If-Match", ifMatch);
        var answer = await _pipeline.SendAsync(message, path, "delete", cancellationToken).ConfigureAwait(false);
        return (answer.Status, answer.Code) switch
        {
            (202, _) => true,
            (404, "BlobNotFound") => answer.IsRetried,
            // The condition does not hold for what is gone either.
            (412, _) => answer.IsRetried && await HeadAsync(path, cancellationToken).ConfigureAwait(false) is null,
            _ => throw _pipeline.Refused(answer.Response, path, "delete"),
        };
    }

    /// <summary>Closes nothing that holds data: every acknowledged change is on stable storage.</summary>
    public void Dispose() => _opening.Dispose();

    private async Task<BlobAnswer> PutAsync(
        string type, string path, ReadOnlyMemory<byte> bytes, WriteCondition condition, string line, CancellationToken cancellationToken)
    {
        using var message = _pipeline.Blob(RequestMethod.Put, path);
        var headers = message.Request.Headers;
        headers.SetValue("x-ms-blob-type", type);
        headers.SetValue(WriteHistory.Header, line);
        if (condition.Absent) headers.SetValue("If-None-Match", "*");
        else if (condition.ETag is { } etag)
        {
            headers.SetValue("If-Match", etag);
            headers.SetValue(WriteHistory.OverHeader, etag.Trim('"'));
        }
        message.Request.Content = RequestContent.Create(bytes);
        return await _pipeline.SendAsync(message, path, "write", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether a conditional write took effect in a try without an answer, told by what the object holds now.</summary>
    private async Task<WriteResult> FindOutAsync(string path, string line, WriteCondition condition, CancellationToken cancellationToken)
    {
        var head = await HeadAsync(path, cancellationToken).ConfigureAwait(false);
        const string Unknown = "it was changed by others before the outcome of the write could be seen";
        return WriteHistory.Took(line, condition, head?.Header(WriteHistory.Header), head?.Header(WriteHistory.OverHeader), out var isLatest) switch
        {
            true => new WriteResult(true, isLatest ? head!.Value.ETag : ReplacedETag),
            false => default,
            null => throw new StorageException(
                $"It is not known whether {path} was written: no answer came, and {Unknown}. Read it, and decide anew.", path, new IOException(Unknown)),
        };
    }

    private async Task<bool> HoldsAsync(string path, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        await ReadAsync(path, new ByteRange(offset, bytes.Length), cancellationToken).ConfigureAwait(false) is { } found && found.Bytes.Span.SequenceEqual(bytes.Span);

    private async Task<AppendResult> RewriteAsync(string path, ReadOnlyMemory<byte> bytes, long expectedLength, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var found = await ReadAsync(path, null, cancellationToken).ConfigureAwait(false);
            if ((found?.Length ?? 0) != expectedLength) return new AppendResult(false, found?.Length ?? 0);
            var condition = found is null ? WriteCondition.IfAbsent : WriteCondition.IfMatch(found.ETag);
            byte[] whole = [.. found is null ? default : found.Bytes.Span, .. bytes.Span];
            if ((await WriteAsync(path, whole, condition, cancellationToken).ConfigureAwait(false)).Written) return new AppendResult(true, whole.Length);
        }
        throw new StorageException($"{path} was changed by other writers {MaxTries} times in a row; try again later.", path, new IOException("too busy"));
    }

    private async Task<bool> HasAsync(string path, string? etag, CancellationToken cancellationToken) =>
        etag is null || (await HeadAsync(path, cancellationToken).ConfigureAwait(false))?.ETag == etag;

    private async Task<long> LengthAsync(string path, CancellationToken cancellationToken) =>
        await HeadAsync(path, cancellationToken).ConfigureAwait(false) is { } head ? LengthOf(head) : 0;

    private async Task<BlobAnswer?> HeadAsync(string path, CancellationToken cancellationToken)
    {
        using var message = _pipeline.Blob(RequestMethod.Head, path);
        var answer = await _pipeline.SendAsync(message, path, "read", cancellationToken).ConfigureAwait(false);
        return (answer.Status, answer.Code) switch
        {
            (200, _) => answer,
            (404, "BlobNotFound") => (BlobAnswer?)null,
            _ => throw _pipeline.Refused(answer.Response, path, "read"),
        };
    }

    private static long LengthOf(BlobAnswer head) => long.Parse(head.Header("Content-Length")!, CultureInfo.InvariantCulture);

    private static long WholeLength(BlobAnswer part)
    {
        var range = part.Header("Content-Range")!;
        return long.Parse(range.AsSpan(range.LastIndexOf('/') + 1), CultureInfo.InvariantCulture);
    }
}
