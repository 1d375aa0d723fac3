using System.Numerics;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>Numbers keys in the order in which they come. Open addressing by the keys' own bits, for keys are hashes. One thread.</summary>
internal sealed class KeyMap
{
    private const int Smallest = 16;
    private int[] _slots = new int[Smallest];
    private UInt128[] _keys = new UInt128[Smallest / 2];

    public int Count { get; private set; }
    public ReadOnlySpan<UInt128> Keys => _keys.AsSpan(0, Count);

    /// <summary>The key's number; -1 where it is not there.</summary>
    public int Find(UInt128 key)
    {
        var mask = _slots.Length - 1;
        for (var at = (int)(ulong)key & mask; ; at = (at + 1) & mask)
        {
            var number = _slots[at] - 1;
            if (number < 0 || _keys[number] == key) return number;
        }
    }

    /// <summary>The key's number, new or not.</summary>
    public int Add(UInt128 key, out bool isNew)
    {
        var mask = _slots.Length - 1;
        var at = (int)(ulong)key & mask;
        for (; _slots[at] != 0; at = (at + 1) & mask)
        {
            if (_keys[_slots[at] - 1] != key) continue;
            isNew = false;
            return _slots[at] - 1;
        }
        isNew = true;
        if (Count == _keys.Length)
        {
            Grow();
            return Add(key, out _);
        }
        _keys[Count] = key;
        _slots[at] = ++Count;
        return Count - 1;
    }

    public void Clear()
    {
        Array.Clear(_slots);
        Count = 0;
    }

    /// <summary>Clears it, and lets go of memory that is far more than was used.</summary>
    public void Reset()
    {
        var wanted = Math.Max(Smallest, (int)BitOperations.RoundUpToPowerOf2((uint)Count * 2));
        if (_slots.Length > wanted * 8) (_slots, _keys) = (new int[wanted], new UInt128[wanted / 2]);
        Clear();
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        Array.Resize(ref _keys, _slots.Length / 2);
        var mask = _slots.Length - 1;
        for (var number = 0; number < Count; number++)
        {
            var at = (int)(ulong)_keys[number] & mask;
            while (_slots[at] != 0) at = (at + 1) & mask;
            _slots[at] = number + 1;
        }
    }
}
