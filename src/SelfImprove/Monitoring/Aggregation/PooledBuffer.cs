using System.Buffers;
using System.Buffers.Binary;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>Bytes that grow at the end, in memory that is lent by the shared pool until it is disposed. One thread at a time.</summary>
internal sealed class PooledBuffer(int capacity) : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);
    public Span<byte> Span => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, Length) = ([], 0);
    }

    /// <summary>Makes room at the end; the bytes there have no defined value.</summary>
    public Span<byte> Extend(int count)
    {
        if (_bytes.Length - Length < count) Grow(count);
        var room = _bytes.AsSpan(Length, count);
        Length += count;
        return room;
    }

    /// <summary>As <see cref="Extend"/>, for asynchronous reads.</summary>
    public Memory<byte> ExtendMemory(int count)
    {
        Extend(count);
        return _bytes.AsMemory(Length - count, count);
    }

    /// <summary>Drops what comes before; what follows moves to the front.</summary>
    public void Keep(int from)
    {
        Span[from..].CopyTo(_bytes);
        Length -= from;
    }

    public void Add(byte value)
    {
        if (_bytes.Length == Length) Grow(1);
        _bytes[Length++] = value;
    }

    public void Add(long value) => BinaryPrimitives.WriteInt64LittleEndian(Extend(sizeof(long)), value);

    public void Add(UInt128 value) => BinaryPrimitives.WriteUInt128BigEndian(Extend(16), value);

    public void Add(ReadOnlySpan<byte> values) => values.CopyTo(Extend(values.Length));

    /// <summary>Seven bits a byte, the lowest first.</summary>
    public void AddVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) Add((byte)(value | 0x80));
        Add((byte)value);
    }

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, Length + count));
        Span.CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
