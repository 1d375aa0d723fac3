using System.Text.Json;
using SelfImprove.Orchestration;

namespace SelfImprove.Audit;

/// <summary>What a <see cref="AuditKinds.Repaired"/> entry says of the torn bytes before it.</summary>
/// <param name="Offset">Where in the file they begin.</param>
/// <param name="Length">How many they are; a line end may follow that is not counted.</param>
/// <param name="Sha256">Their hash.</param>
internal sealed record AuditRepair(long Offset, long Length, string Sha256)
{
    /// <summary>Finds the entry that repairs bytes which are no entry.</summary>
    /// <param name="bytes">From the first byte that is none.</param>
    /// <param name="offset">The place of that byte in the file.</param>
    /// <returns>The entry and where it ends in <paramref name="bytes"/>, line end included; null where there is none that fits exactly.</returns>
    public static (AuditEntry Entry, int End)? Find(ReadOnlySpan<byte> bytes, long offset)
    {
        for (var start = 0; bytes[start..].IndexOf((byte)'\n') is var length and >= 0;)
        {
            var line = bytes.Slice(start, length);
            if (Read(line) is { } found && Fits(found.Repair, bytes, offset, start)) return (found.Entry, start + length + 1);
            start += length + 1;
        }
        return null;
    }

    private static (AuditEntry Entry, AuditRepair Repair)? Read(ReadOnlySpan<byte> line)
    {
        // Looked for as text first: hashing every line after a damaged one would make a long search of it.
        if (line.IndexOf("\"audit.repaired\""u8) < 0 || AuditLine.Read(line) is not { Kind: AuditKinds.Repaired } entry) return null;
        try
        {
            return entry.Data.Deserialize<AuditRepair>(SeamJson.Options) is { } repair ? (entry, repair) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool Fits(AuditRepair repair, ReadOnlySpan<byte> bytes, long offset, int start)
    {
        if (repair.Offset != offset || repair.Length <= 0 || repair.Length > start) return false;
        var torn = bytes[..(int)repair.Length];
        var separator = torn[^1] == '\n' ? 0 : 1;
        return repair.Length + separator == start && AuditLine.CanBeTorn(torn) && AuditLine.Hash(torn) == repair.Sha256;
    }
}
