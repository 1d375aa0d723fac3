using System.Buffers.Binary;
using System.Text;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>
/// An entry's bytes in a run: key (16, big-endian, so that byte order is key order), length of the rest (varint), kind and flags, time, content, the rest by
/// kind. Names are numbers of a <see cref="NameTable"/>, times of judgements are distances, rewards of 0 and 1 take a byte. One thread.
/// </summary>
internal sealed class EntryCodec(NameTable names)
{
    private const int KeyBytes = 16;
    private const byte KindBits = 3, Arrived = 4, Judged = 8, HasJudgements = 16;
    private const byte Zero = 0, One = 1, Other = 2;
    private const int MostLists = 16_384;
    private readonly StringPool _texts = new();

    // Slices mostly come as the same few shared arrays, by reference on the way out and by their bytes on the way in.
    private readonly Dictionary<string[], byte[]> _written = new(ReferenceEqualityComparer.Instance);

    public static void WriteFeedback(PooledBuffer buffer, UInt128 key, long ticks, ulong content)
    {
        var record = buffer.Extend(KeyBytes + 18);
        BinaryPrimitives.WriteUInt128BigEndian(record, key);
        record[KeyBytes] = 17;
        record[KeyBytes + 1] = (byte)EntryKind.Feedback;
        BinaryPrimitives.WriteInt64LittleEndian(record[(KeyBytes + 2)..], ticks);
        BinaryPrimitives.WriteUInt64LittleEndian(record[(KeyBytes + 10)..], content);
    }

    public void Write(PooledBuffer buffer, IndexEntry entry)
    {
        var start = buffer.Length;
        buffer.Add(entry.Key);
        buffer.Add((byte)0);
        var judgements = entry.Judgements;
        buffer.Add((byte)((byte)entry.Kind | (entry.Arrived ? Arrived : 0) | (entry.Sequence > 0 ? Judged : 0) | (judgements.Length > 0 ? HasJudgements : 0)));
        buffer.Add(entry.Ticks);
        buffer.Add((long)entry.Content);
        if (entry.Kind == EntryKind.Interaction && entry.Arrived)
        {
            Name(buffer, entry.Version);
            Name(buffer, entry.Decision);
            Slices(buffer, entry.Slices);
        }
        if (entry.Sequence > 0)
        {
            buffer.AddVarint((ulong)entry.Sequence);
            Number(buffer, entry.FirstReward);
        }
        if (judgements.Length > 0)
        {
            buffer.AddVarint((ulong)judgements.Length);
            foreach (ref readonly var judgement in judgements)
            {
                Name(buffer, judgement.Source);
                Name(buffer, judgement.Metric);
                var distance = judgement.Ticks - entry.Ticks;
                buffer.AddVarint((ulong)((distance << 1) ^ (distance >> 63)));
                buffer.Add((long)judgement.Mark);
                Number(buffer, judgement.Value);
            }
        }
        if (entry.Kind == EntryKind.Episode)
        {
            buffer.AddVarint((ulong)entry.MemberCount);
            foreach (var member in entry.Members) buffer.Add(member);
        }
        Close(buffer, start);
    }

    /// <summary>The size of the record at the start of the bytes; 0 where they hold only a part of it.</summary>
    public static int Size(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= KeyBytes) return 0;
        var at = KeyBytes + 1;
        ulong length = bytes[KeyBytes];
        if (length >= 0x80)
        {
            at = KeyBytes;
            if (!TryVarint(bytes, ref at, out length)) return 0;
        }
        return (ulong)(bytes.Length - at) < length ? 0 : at + (int)length;
    }

    public static UInt128 Key(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt128BigEndian(record);

    public static EntryKind Kind(ReadOnlySpan<byte> record) => (EntryKind)(record[Rest(record)] & KindBits);

    public static long Ticks(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record[(Rest(record) + 1)..]);

    public static ulong Content(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt64LittleEndian(record[(Rest(record) + 9)..]);

    public IndexEntry Read(ReadOnlySpan<byte> record)
    {
        var at = Rest(record);
        var flags = record[at++];
        var entry = new IndexEntry(Key(record), (EntryKind)(flags & KindBits)) { Ticks = Fixed(record, ref at), Content = (ulong)Fixed(record, ref at) };
        if (entry.Kind == EntryKind.Interaction && (flags & Arrived) != 0)
        {
            entry.Arrived = true;
            entry.Version = Name(record, ref at);
            entry.Decision = Name(record, ref at);
            entry.Slices = Slices(record, ref at);
        }
        if ((flags & Judged) != 0)
        {
            entry.Sequence = Varint(record, ref at);
            entry.FirstReward = Number(record, ref at);
        }
        if ((flags & HasJudgements) != 0)
        {
            for (var n = Varint(record, ref at); n > 0; n--)
            {
                var (source, metric, distance) = (Name(record, ref at), Name(record, ref at), Varint(record, ref at));
                entry.Put(new Judgement(source, metric, entry.Ticks + ((long)((ulong)distance >> 1) ^ -(distance & 1)), (ulong)Fixed(record, ref at), Number(record, ref at)));
            }
        }
        if (entry.Kind == EntryKind.Episode)
            for (var n = Varint(record, ref at); n > 0; n--, at += KeyBytes)
                entry.AddMember(Key(record[at..]));
        return entry;
    }

    /// <summary>Puts the length before the record's rest: one byte, nearly always.</summary>
    private static void Close(PooledBuffer buffer, int start)
    {
        var length = buffer.Length - start - KeyBytes - 1;
        if (length < 0x80)
        {
            buffer.Span[start + KeyBytes] = (byte)length;
            return;
        }
        var more = length < 1 << 14 ? 1 : length < 1 << 21 ? 2 : 3;
        buffer.Extend(more);
        var record = buffer.Span[start..];
        record.Slice(KeyBytes + 1, length).CopyTo(record[(KeyBytes + 1 + more)..]);
        for (var at = KeyBytes; ; at++, length >>= 7)
        {
            record[at] = (byte)(at < KeyBytes + more ? length | 0x80 : length);
            if (at == KeyBytes + more) return;
        }
    }

    private static void Number(PooledBuffer buffer, double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var form = bits == 0 ? Zero : bits == BitConverter.DoubleToInt64Bits(1) ? One : Other;
        buffer.Add(form);
        if (form == Other) buffer.Add(bits);
    }

    private static double Number(ReadOnlySpan<byte> bytes, ref int at) => bytes[at++] switch
    {
        Zero => 0,
        One => 1,
        _ => BitConverter.Int64BitsToDouble(Fixed(bytes, ref at)),
    };

    private void Name(PooledBuffer buffer, string name)
    {
        var number = names.Number(name);
        buffer.AddVarint((ulong)number);
        if (number > 0) return;
        var length = Encoding.UTF8.GetByteCount(name);
        buffer.AddVarint((ulong)length);
        Encoding.UTF8.GetBytes(name, buffer.Extend(length));
    }

    private string Name(ReadOnlySpan<byte> bytes, ref int at)
    {
        var number = (int)Varint(bytes, ref at);
        if (number > 0) return names.Name(number);
        var length = (int)Varint(bytes, ref at);
        at += length;
        return _texts.Get(bytes.Slice(at - length, length));
    }

    private void Slices(PooledBuffer buffer, string[] slices)
    {
        if (_written.TryGetValue(slices, out var known))
        {
            buffer.Add(known.AsSpan());
            return;
        }
        var start = buffer.Length;
        buffer.AddVarint((ulong)slices.Length);
        foreach (var slice in slices) Name(buffer, slice);
        if (_written.Count >= MostLists) _written.Clear();
        _written[slices] = buffer.Span[start..].ToArray();
    }

    private string[] Slices(ReadOnlySpan<byte> bytes, ref int at)
    {
        var (start, end) = (at, at);
        var count = Varint(bytes, ref end);
        for (var i = 0; i < count; i++) Skip(bytes, ref end);
        at = end;
        var hash = Fingerprint.Hash(bytes[start..end], 31);
        if (_texts.TryList(hash, out var known)) return known!;
        var slices = new string[Varint(bytes, ref start)];
        for (var i = 0; i < slices.Length; i++) slices[i] = Name(bytes, ref start);
        return _texts.AddList(hash, slices);
    }

    private static void Skip(ReadOnlySpan<byte> bytes, ref int at)
    {
        if (Varint(bytes, ref at) > 0) return;
        var length = (int)Varint(bytes, ref at);
        at += length;
    }

    private static int Rest(ReadOnlySpan<byte> record)
    {
        var at = KeyBytes;
        while (record[at++] >= 0x80)
        {
        }
        return at;
    }

    private static long Fixed(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
        at += sizeof(long);
        return value;
    }

    private static long Varint(ReadOnlySpan<byte> bytes, ref int at) =>
        TryVarint(bytes, ref at, out var value) ? (long)value : throw new InvalidDataException("a record of the event index ends too early");

    private static bool TryVarint(ReadOnlySpan<byte> bytes, ref int at, out ulong value)
    {
        value = 0;
        for (var shift = 0; at < bytes.Length && shift < 64; shift += 7)
        {
            var b = bytes[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return true;
        }
        return false;
    }
}
