using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>An entry's bytes in a run: key (16, big-endian, so that byte order is key order), length of the rest (varint), kind, time, content, the rest by kind.</summary>
internal sealed class EntryCodec
{
    private const int KeyBytes = 16;

    // The key, and a length of two bytes, which most records have.
    private const int Head = KeyBytes + 2;
    private readonly StringPool _strings = new();

    public static void Write(ArrayBufferWriter<byte> buffer, IndexEntry entry)
    {
        // The whole record goes into one piece of memory that is surely large enough; its length is known, and put before it, at the end.
        var room = buffer.GetSpan(Head + Most(entry));
        var rest = room[Head..];
        var at = 0;
        rest[at++] = (byte)entry.Kind;
        Fixed(rest, ref at, entry.Ticks);
        Fixed(rest, ref at, (long)entry.Content);
        if (entry.Kind == EntryKind.Interaction)
        {
            rest[at++] = entry.Arrived ? (byte)1 : (byte)0;
            if (entry.Arrived)
            {
                Text(rest, ref at, entry.Version);
                Text(rest, ref at, entry.Decision);
                Varint(rest, ref at, (ulong)entry.Slices.Length);
                foreach (var slice in entry.Slices) Text(rest, ref at, slice);
                Varint(rest, ref at, (ulong)entry.Sequence);
                if (entry.Sequence > 0) Fixed(rest, ref at, BitConverter.DoubleToInt64Bits(entry.FirstReward));
            }
        }
        if (entry.Kind != EntryKind.Feedback)
        {
            Varint(rest, ref at, (ulong)entry.JudgementCount);
            foreach (ref readonly var judgement in entry.Judgements)
            {
                Text(rest, ref at, judgement.Source);
                Text(rest, ref at, judgement.Metric);
                Fixed(rest, ref at, judgement.Ticks);
                Fixed(rest, ref at, (long)judgement.Mark);
                Fixed(rest, ref at, BitConverter.DoubleToInt64Bits(judgement.Value));
            }
        }
        if (entry.Kind == EntryKind.Episode)
        {
            Varint(rest, ref at, (ulong)entry.MemberCount);
            foreach (var member in entry.Members)
            {
                BinaryPrimitives.WriteUInt128BigEndian(rest[at..], member);
                at += KeyBytes;
            }
        }
        BinaryPrimitives.WriteUInt128BigEndian(room, entry.Key);
        var start = KeyBytes + (at < 1 << 7 ? 1 : at < 1 << 14 ? 2 : at < 1 << 21 ? 3 : 4);
        if (start != Head) rest[..at].CopyTo(room[start..]);
        var head = KeyBytes;
        Varint(room, ref head, (ulong)at);
        buffer.Advance(start + at);
    }

    /// <summary>No record's rest is longer.</summary>
    private static int Most(IndexEntry entry)
    {
        const int PerText = 5;
        var most = 64 + (3 * (entry.Version.Length + entry.Decision.Length)) + (2 * PerText) + (entry.MemberCount * KeyBytes);
        foreach (var slice in entry.Slices) most += PerText + (3 * slice.Length);
        foreach (ref readonly var judgement in entry.Judgements) most += (2 * PerText) + 24 + (3 * (judgement.Source.Length + judgement.Metric.Length));
        return most;
    }

    /// <summary>The size of the record at the start of the bytes; 0 where they hold only a part of it.</summary>
    public static int Size(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 17) return 0;
        var at = 16;
        if (!TryVarint(bytes, ref at, out var length)) return 0;
        return (ulong)(bytes.Length - at) < length ? 0 : at + (int)length;
    }

    public static UInt128 Key(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt128BigEndian(record);

    public static long Ticks(ReadOnlySpan<byte> record)
    {
        var at = 16;
        TryVarint(record, ref at, out _);
        return BinaryPrimitives.ReadInt64LittleEndian(record[(at + 1)..]);
    }

    public IndexEntry Read(ReadOnlySpan<byte> record)
    {
        var key = Key(record);
        var at = 16;
        TryVarint(record, ref at, out _);
        var entry = new IndexEntry(key, (EntryKind)record[at++])
        {
            Ticks = Fixed(record, ref at),
            Content = (ulong)Fixed(record, ref at),
        };
        if (entry.Kind == EntryKind.Interaction && record[at++] == 1)
        {
            entry.Arrived = true;
            entry.Version = Text(record, ref at);
            entry.Decision = Text(record, ref at);
            entry.Slices = new string[Varint(record, ref at)];
            for (var i = 0; i < entry.Slices.Length; i++) entry.Slices[i] = Text(record, ref at);
            entry.Sequence = Varint(record, ref at);
            if (entry.Sequence > 0) entry.FirstReward = BitConverter.Int64BitsToDouble(Fixed(record, ref at));
        }
        if (entry.Kind != EntryKind.Feedback)
            for (var n = Varint(record, ref at); n > 0; n--)
                entry.Put(new Judgement(Text(record, ref at), Text(record, ref at), Fixed(record, ref at), (ulong)Fixed(record, ref at), BitConverter.Int64BitsToDouble(Fixed(record, ref at))));
        if (entry.Kind == EntryKind.Episode)
            for (var n = Varint(record, ref at); n > 0; n--, at += 16)
                entry.AddMember(Key(record[at..]));
        return entry;
    }

    private static void Fixed(Span<byte> bytes, ref int at, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes[at..], value);
        at += 8;
    }

    private static void Varint(Span<byte> bytes, ref int at, ulong value)
    {
        for (; value >= 0x80; value >>= 7) bytes[at++] = (byte)(value | 0x80);
        bytes[at++] = (byte)value;
    }

    private static void Text(Span<byte> bytes, ref int at, string text)
    {
        const int Short = 42;
        if (text.Length <= Short)
        {
            // At most 126 bytes: the length takes one.
            var length = Encoding.UTF8.GetBytes(text, bytes[(at + 1)..]);
            bytes[at] = (byte)length;
            at += 1 + length;
            return;
        }
        Varint(bytes, ref at, (ulong)Encoding.UTF8.GetByteCount(text));
        at += Encoding.UTF8.GetBytes(text, bytes[at..]);
    }

    private static long Fixed(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
        at += 8;
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

    private string Text(ReadOnlySpan<byte> bytes, ref int at)
    {
        var length = (int)Varint(bytes, ref at);
        var text = _strings.Get(bytes.Slice(at, length));
        at += length;
        return text;
    }
}
