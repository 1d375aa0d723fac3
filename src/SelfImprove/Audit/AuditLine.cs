using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SelfImprove.Orchestration;

namespace SelfImprove.Audit;

/// <summary>
/// An entry as a line: its canonical JSON with the hash as the last member, so that the hash is checked over the very bytes stored, and no
/// byte of a line, white space included, can change unseen.
/// </summary>
internal static class AuditLine
{
    private const int HexLength = 64;
    private static readonly byte[] HashMember = ",\"hash\":\""u8.ToArray();
    private static readonly int SuffixLength = HashMember.Length + HexLength + 2;

    /// <summary>What the first entry of an agent has for the hash of the entry before; a chain cannot pass for another agent's.</summary>
    public static string Genesis(string agent) => Hash(Encoding.UTF8.GetBytes("selfimprove audit " + agent));

    /// <summary>The hash of any bytes.</summary>
    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Writes an entry, computes its hash, and ends the line.</summary>
    public static AuditEntry Write(IBufferWriter<byte> output, AuditEntry entry)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(body, CanonicalJson.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("actor", entry.Actor);
            writer.WritePropertyName("data");
            CanonicalJson.Write(writer, entry.Data);
            writer.WriteString("key", entry.Key);
            writer.WriteString("kind", entry.Kind);
            writer.WriteString("prev", entry.Prev);
            if (entry.Run is not null) writer.WriteString("run", entry.Run);
            writer.WriteNumber("seq", entry.Seq);
            writer.WriteString("time", entry.Time);
            writer.WriteEndObject();
        }
        var hash = Hash(body.WrittenSpan);
        output.Write(body.WrittenSpan[..^1]);
        output.Write(HashMember);
        output.Write(Encoding.ASCII.GetBytes(hash));
        output.Write("\"}\n"u8);
        return entry with { Hash = hash };
    }

    /// <summary>Reads a line without its end; null where it is no entry, or its hash is not that of its bytes.</summary>
    public static AuditEntry? Read(ReadOnlySpan<byte> line)
    {
        if (!HasHash(line) || !line.EndsWith("\"}"u8)) return null;
        var body = new byte[line.Length - SuffixLength + 1];
        line[..^SuffixLength].CopyTo(body);
        body[^1] = (byte)'}';
        Span<byte> hash = stackalloc byte[HexLength];
        Encoding.ASCII.GetBytes(Hash(body), hash);
        if (!line.Slice(line.Length - HexLength - 2, HexLength).SequenceEqual(hash)) return null;
        try
        {
            var entry = JsonSerializer.Deserialize<AuditEntry>(line, SeamJson.Options);
            return entry is { Kind: not null, Actor: not null, Key: not null, Prev: not null } ? entry : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether bytes that are no entry can be what an interrupted append left: the first part of a line, perhaps several with line ends between. A line
    /// that is whole but wrong cannot be, and must not be covered up by a repair.
    /// </summary>
    public static bool CanBeTorn(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf((byte)'\n') is var end and >= 0)
        {
            var line = bytes[..end];
            if (line.EndsWith("}"u8) || HasHash(line)) return false;
            bytes = bytes[(end + 1)..];
        }
        return Read(bytes) is null;
    }

    private static bool HasHash(ReadOnlySpan<byte> line) =>
        line.Length > SuffixLength && line.Slice(line.Length - SuffixLength, HashMember.Length).SequenceEqual(HashMember);
}
