using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SelfImprove.Orchestration;

namespace SelfImprove.Storage;

/// <summary>
/// Keeps work that spends or submits from being done twice though its activity may run twice, even at once: claim by compare-and-swap, act, store the
/// receipt. What remains is a crash between the act and its receipt: after the claim's expiry the work is done again, and <see cref="Intent.Attempts"/> says so.
/// </summary>
/// <param name="store">Where intents are kept, under <c>intents/</c>.</param>
/// <param name="clock">Decides what has expired.</param>
/// <param name="newId">Names this journal and each claim; must never give the same twice.</param>
/// <param name="aloneOnStore">
/// Whether no other process can be at work on this store while this one is (a host with an exclusive lock on its folder): then a claim that this
/// journal did not make is a dead process's, and its work is taken over at once rather than at the claim's expiry.
/// </param>
public sealed class IntentJournal(IObjectStore store, TimeProvider clock, Func<Guid> newId, bool aloneOnStore = false)
{
    private readonly string _process = newId().ToString("n");
    private readonly JsonDocuments _documents = new(store);

    /// <summary>Does the work, or gives back the receipt of whoever did it before.</summary>
    /// <param name="key">The idempotency key, as <see cref="ActivityContext.Key"/>; more parts may follow where an activity does several such pieces.</param>
    /// <param name="claimExpiry">How long others wait for this claim: longer than the work can take.</param>
    /// <param name="act">The work. Where it throws, the claim is given back at once and the exception goes on.</param>
    /// <param name="cancellationToken">Handed to the work. A result is stored even when cancelled meanwhile: it has been paid for.</param>
    /// <returns>The result of the work, done now or before; the first receipt stored stands.</returns>
    /// <exception cref="TransientException">Somebody else is at it, until the time in the message.</exception>
    public async Task<T> RunOnceAsync<T>(string key, TimeSpan claimExpiry, Func<CancellationToken, Task<T>> act, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(claimExpiry, TimeSpan.Zero);
        var path = PathOf(key);
        var holder = $"{_process}.{newId():n}";
        while (true)
        {
            var found = await _documents.ReadAsync<Intent>(path, cancellationToken).ConfigureAwait(false);
            if (found?.Value.Completed is not null) return Receipt<T>(path, found.Value);
            var now = clock.GetUtcNow();

            // One's own claim is met again where the store wrote it but its answer was lost.
            if (found is not null && found.Value.Expires > now && found.Value.Holder != holder && IsAtWork(found.Value))
                throw new TransientException(
                    $"The work {key} is claimed by {found.Value.Holder} until {found.Value.Expires:u}; its receipt, or the claim's end, is waited for.");

            var claim = new Intent(key, holder, now + claimExpiry, (found?.Value.Attempts ?? 0) + 1);
            var condition = found is null ? WriteCondition.IfAbsent : WriteCondition.IfMatch(found.ETag);
            var claimed = await _documents.WriteAsync(path, claim, condition, cancellationToken).ConfigureAwait(false);
            if (claimed.Written) return await ActAsync(path, claim, claimed.ETag!, act, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The intent of a key; null where the work was never begun.</summary>
    public async Task<Intent?> ReadAsync(string key, CancellationToken cancellationToken = default) =>
        (await _documents.ReadAsync<Intent>(PathOf(key), cancellationToken).ConfigureAwait(false))?.Value;

    /// <summary>Whether a claim's process may still be alive.</summary>
    private bool IsAtWork(Intent claim) => !aloneOnStore || claim.Holder.StartsWith(_process + ".", StringComparison.Ordinal);

    private async Task<T> ActAsync<T>(string path, Intent claim, string etag, Func<CancellationToken, Task<T>> act, CancellationToken cancellationToken)
    {
        T result;
        try
        {
            result = await act(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await GiveBackAsync(path, claim, etag).ConfigureAwait(false);
            throw;
        }
        var receipt = JsonSerializer.SerializeToElement(result, SeamJson.Options);
        var stored = await _documents.UpdateAsync<Intent>(path, found => found switch
        {
            // Where the claim ran out and another took over, that one will find this receipt and not store its own.
            null => claim with { Completed = clock.GetUtcNow(), Receipt = receipt },
            { Completed: null } => found with { Completed = clock.GetUtcNow(), Receipt = receipt },
            _ => found,
        }, CancellationToken.None).ConfigureAwait(false);
        return stored.Value.Receipt is { } standing && !JsonElement.DeepEquals(standing, receipt) ? Receipt<T>(path, stored.Value) : result;
    }

    private async Task GiveBackAsync(string path, Intent claim, string etag)
    {
        try
        {
            var free = claim with { Expires = clock.GetUtcNow() };
            await _documents.WriteAsync(path, free, WriteCondition.IfMatch(etag), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is StorageException or TransientException)
        {
            // The claim runs out by itself; the failure of the work is the one to report.
        }
    }

    private static T Receipt<T>(string path, Intent intent)
    {
        try
        {
            return intent.Receipt is { } receipt ? receipt.Deserialize<T>(SeamJson.Options)! : default!;
        }
        catch (JsonException other)
        {
            throw new StorageException($"The receipt in {path} is no {typeof(T).Name}: {other.Message} Was the work {intent.Key} changed?", path, other);
        }
    }

    private static string PathOf(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        return $"intents/{hash[..2]}/{hash}.json";
    }
}
