using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>An entry's bytes in a run: key (16, big-endian, so that byte order is key order), length of the rest (varint), kind, time, content, the rest by kind.</summary>
internal sealed class EntryCodec
{
    private readonly StringPool _strings = new();

    public static void Write(ArrayBufferWriter<byte> buffer, IndexEntry entry, ArrayBufferWriter<byte> scratch)
    {
        scratch.ResetWrittenCount();
        Byte(scratch, (byte)entry.Kind);
        Fixed(scratch, entry.Ticks);
        Fixed(scratch, (long)entry.Content);
        if (entry.Kind == EntryKind.Interaction)
        {
            Byte(scratch, entry.Arrived ? (byte)1 : (byte)0);
            if (entry.Arrived)
            {
                Text(scratch, entry.Version);
                Text(scratch, entry.Decision);
                Varint(scratch, (ulong)entry.Slices.Length);
                foreach (var slice in entry.Slices) Text(scratch, slice);
                Varint(scratch, (ulong)entry.Sequence);
                if (entry.Sequence > 0) Fixed(scratch, BitConverter.DoubleToInt64Bits(entry.FirstReward));
            }
        }
        if (entry.Kind != EntryKind.Feedback)
        {
            Varint(scratch, (ulong)entry.JudgementCount);
            foreach (ref readonly var judgement in entry.Judgements)
            {
                Text(scratch, judgement.Source);
                Text(scratch, judgement.Metric);
                Fixed(scratch, judgement.Ticks);
                Fixed(scratch, (long)judgement.Mark);
                Fixed(scratch, BitConverter.DoubleToInt64Bits(judgement.Value));
            }
        }
        if (entry.Kind == EntryKind.Episode)
        {
            Varint(scratch, (ulong)entry.MemberCount);
            foreach (var member in entry.Members) WriteKey(scratch, member);
        }
        WriteKey(buffer, entry.Key);
        Varint(buffer, (ulong)scratch.WrittenCount);
        buffer.Write(scratch.WrittenSpan);
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

    private static void WriteKey(ArrayBufferWriter<byte> buffer, UInt128 key)
    {
        BinaryPrimitives.WriteUInt128BigEndian(buffer.GetSpan(16), key);
        buffer.Advance(16);
    }

    private static void Byte(ArrayBufferWriter<byte> buffer, byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
    }

    private static void Fixed(ArrayBufferWriter<byte> buffer, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(8), value);
        buffer.Advance(8);
    }

    private static void Varint(ArrayBufferWriter<byte> buffer, ulong value)
    {
        var span = buffer.GetSpan(10);
        var n = 0;
        for (; value >= 0x80; value >>= 7) span[n++] = (byte)(value | 0x80);
        span[n++] = (byte)value;
        buffer.Advance(n);
    }

    private static void Text(ArrayBufferWriter<byte> buffer, string text)
    {
        Varint(buffer, (ulong)Encoding.UTF8.GetByteCount(text));
        buffer.Advance(Encoding.UTF8.GetBytes(text, buffer.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
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
