using System.Collections.Concurrent;

namespace SelfImprove.Agents;

/// <summary>
/// What a hot path reads of small mutable objects without asking the store each time. A value is at most <see cref="MaxAge"/> old;
/// changes made through this process are put in by <see cref="SetAsync"/> and seen at once. Where the store fails, the last value
/// known goes on (an agent keeps serving) and the store is asked again a second later.
/// </summary>
/// <param name="read">Reads the object; null where there is none. Absence is not cached, so that made-up names cost no memory.</param>
/// <param name="clock">Tells a value's age.</param>
internal sealed class CurrentObjects<T>(Func<string, CancellationToken, Task<T?>> read, TimeProvider clock) where T : class
{
    /// <summary>How old a value may be: what another process changed is seen within this time.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, Slot> _slots = new(StringComparer.Ordinal);

    /// <summary>The value, from memory where it is young enough.</summary>
    public ValueTask<T?> GetAsync(string key, CancellationToken cancellationToken)
    {
        if (!_slots.TryGetValue(key, out var slot)) return new(FirstAsync(key, cancellationToken));
        var seen = slot.Seen;
        return clock.GetUtcNow() < seen.FreshUntil ? new(seen.Value) : new(RefreshAsync(key, slot, cancellationToken));
    }

    /// <summary>Puts in what this process has just written.</summary>
    public async Task SetAsync(string key, T value, CancellationToken cancellationToken)
    {
        var slot = _slots.GetOrAdd(key, _ => new Slot(Fresh(value)));
        // A refresh under way may hold an older value: it finishes first, and this one replaces it.
        await slot.Turn.WaitAsync(cancellationToken);
        try
        {
            slot.Seen = Fresh(value);
        }
        finally
        {
            slot.Turn.Release();
        }
    }

    private async Task<T?> FirstAsync(string key, CancellationToken cancellationToken)
    {
        var asked = clock.GetUtcNow();
        return await read(key, cancellationToken) is { } value ? _slots.GetOrAdd(key, new Slot(new Sight(value, asked + MaxAge))).Seen.Value : null;
    }

    private async Task<T?> RefreshAsync(string key, Slot slot, CancellationToken cancellationToken)
    {
        await slot.Turn.WaitAsync(cancellationToken);
        try
        {
            var asked = clock.GetUtcNow();
            if (asked < slot.Seen.FreshUntil) return slot.Seen.Value;
            T? value;
            try
            {
                value = await read(key, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                slot.Seen = slot.Seen with { FreshUntil = asked + RetryAfter };
                return slot.Seen.Value;
            }
            if (value is null) _slots.TryRemove(new KeyValuePair<string, Slot>(key, slot));
            else slot.Seen = new Sight(value, asked + MaxAge);
            return value;
        }
        finally
        {
            slot.Turn.Release();
        }
    }

    private Sight Fresh(T value) => new(value, clock.GetUtcNow() + MaxAge);

    private sealed record Sight(T Value, DateTimeOffset FreshUntil);

    private sealed class Slot(Sight seen)
    {
        private volatile Sight _seen = seen;

        public Sight Seen
        {
            get => _seen;
            set => _seen = value;
        }

        public SemaphoreSlim Turn { get; } = new(1, 1);
    }
}
