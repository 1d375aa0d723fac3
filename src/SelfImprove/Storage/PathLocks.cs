namespace SelfImprove.Storage;

/// <summary>
/// Mutual exclusion by path, first within the process, then between processes. Paths share a fixed number of stripes by a hash that is the same
/// everywhere, so that no lock file is ever left to clean up.
/// </summary>
internal sealed class PathLocks(IFileLayer files, string folder) : IDisposable
{
    public const int Count = 64;

    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, Count).Select(_ => new SemaphoreSlim(1, 1))];
    private readonly IFileLock?[] _locks = new IFileLock?[Count];

    /// <summary>The stripe of a path: FNV-1a, folded.</summary>
    public static int Stripe(string path)
    {
        var hash = 2166136261u;
        foreach (var c in path) hash = (hash ^ c) * 16777619u;
        return (int)((hash ^ (hash >> 15)) % Count);
    }

    /// <summary>Waits until nobody else holds the stripe.</summary>
    public async ValueTask<Hold> EnterAsync(int stripe, CancellationToken cancellationToken)
    {
        await _gates[stripe].WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Another process holds a stripe for one write at most; the wait is polled so that it can be cancelled.
            for (var pause = 1; !TryEnterFile(stripe); pause = Math.Min(pause * 2, 16))
                await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            return new Hold(this, stripe);
        }
        catch
        {
            _gates[stripe].Release();
            throw;
        }
    }

    /// <summary>Takes the stripe where it is free at once.</summary>
    public Hold? TryEnter(int stripe)
    {
        if (!_gates[stripe].Wait(0)) return null;
        var entered = false;
        try
        {
            entered = TryEnterFile(stripe);
            return entered ? new Hold(this, stripe) : null;
        }
        finally
        {
            if (!entered) _gates[stripe].Release();
        }
    }

    public void Dispose()
    {
        foreach (var held in _locks) held?.Dispose();
    }

    private bool TryEnterFile(int stripe) => (_locks[stripe] ??= files.OpenLock(Path.Combine(folder, $"{stripe:d2}"))).TryEnter();

    private void Exit(int stripe)
    {
        try
        {
            _locks[stripe]!.Exit();
        }
        finally
        {
            _gates[stripe].Release();
        }
    }

    /// <summary>A stripe held; given back by disposal.</summary>
    public readonly struct Hold(PathLocks owner, int stripe) : IDisposable
    {
        public void Dispose() => owner.Exit(stripe);
    }
}
