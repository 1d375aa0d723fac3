namespace SelfImprove.Monitoring.Aggregation;

/// <summary>The last values, oldest first.</summary>
internal sealed class Ring<T>(int capacity)
{
    private T[] _values = [];
    private int _start;

    public int Count { get; private set; }

    public void Add(T value)
    {
        if (Count < capacity)
        {
            if (Count == _values.Length) Array.Resize(ref _values, Math.Min(capacity, Math.Max(4, Count * 2)));
            _values[Count++] = value;
            return;
        }
        _values[_start] = value;
        _start = _start + 1 == capacity ? 0 : _start + 1;
    }

    public void AddRange(IEnumerable<T> values)
    {
        foreach (var value in values) Add(value);
    }

    public void Clear() => (Count, _start) = (0, 0);

    public T[] ToArray()
    {
        var all = new T[Count];
        for (var i = 0; i < Count; i++) all[i] = _values[(_start + i) % _values.Length];
        return all;
    }
}
