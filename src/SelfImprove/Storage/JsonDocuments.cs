using System.Text.Json;
using SelfImprove.Orchestration;

namespace SelfImprove.Storage;

/// <summary>Objects that hold one JSON value, by <see cref="SeamJson.Options"/>.</summary>
/// <param name="store">Where they are kept.</param>
public sealed class JsonDocuments(IObjectStore store)
{
    // Each lost try means that somebody else's update went through, so so many in a row is no bad luck.
    private const int MostTries = 50;

    /// <summary>Reads a document; null where there is none.</summary>
    /// <exception cref="StorageException">The document is damaged: it is no JSON, or not a <typeparamref name="T"/>.</exception>
    public async Task<StoredDocument<T>?> ReadAsync<T>(string path, CancellationToken cancellationToken = default) where T : class
    {
        var stored = await store.ReadAsync(path, null, cancellationToken).ConfigureAwait(false);
        return stored is null ? null : new StoredDocument<T>(Parse<T>(path, stored.Bytes.Span), stored.ETag);
    }

    /// <summary>Writes a document where <paramref name="condition"/> holds.</summary>
    public Task<WriteResult> WriteAsync<T>(string path, T value, WriteCondition condition = default, CancellationToken cancellationToken = default)
        where T : class =>
        store.WriteAsync(path, JsonSerializer.SerializeToUtf8Bytes(value, SeamJson.Options), condition, cancellationToken);

    /// <summary>Changes a document by compare-and-swap, again on the newer value wherever another writer came first.</summary>
    /// <param name="path">The document.</param>
    /// <param name="change">From the present value (null where there is none) to the new one. Called once per try: it must not have side effects.
    /// Where it gives back the very value it got, nothing is written.</param>
    /// <param name="cancellationToken">Ends the tries.</param>
    /// <returns>The document as it is now.</returns>
    /// <exception cref="TransientException">Other writers came first too often.</exception>
    public async Task<StoredDocument<T>> UpdateAsync<T>(string path, Func<T?, T> change, CancellationToken cancellationToken = default) where T : class
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var found = await ReadAsync<T>(path, cancellationToken).ConfigureAwait(false);
            var value = change(found?.Value);
            if (found is not null && ReferenceEquals(value, found.Value)) return found;
            var condition = found is null ? WriteCondition.IfAbsent : WriteCondition.IfMatch(found.ETag);
            var result = await WriteAsync(path, value, condition, cancellationToken).ConfigureAwait(false);
            if (result.Written) return new StoredDocument<T>(value, result.ETag!);
        }
        throw new TransientException($"{path} was changed by other writers {MostTries} times in a row; try again later.");
    }

    private static T Parse<T>(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(bytes, SeamJson.Options)
                ?? throw new JsonException("the value is null");
        }
        catch (JsonException damaged)
        {
            throw new StorageException(
                $"{path} is damaged: expected a JSON {typeof(T).Name}, but {damaged.Message.TrimEnd('.')}. "
                + "Restore it from a copy, or remove it.", path, damaged);
        }
    }
}

/// <summary>A document and its version.</summary>
/// <param name="Value">What it holds.</param>
/// <param name="ETag">Its version, for the next conditional write.</param>
public sealed record StoredDocument<T>(T Value, string ETag);
