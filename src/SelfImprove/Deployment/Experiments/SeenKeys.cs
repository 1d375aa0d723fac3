using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SelfImprove.Deployment.Experiments;

/// <summary>Which callers an experiment has seen, by 64-bit hash (two of a million callers collide with a chance of 1 in 37 million). Stored as
/// sorted little-endian numbers, base64.</summary>
[JsonConverter(typeof(Converter))]
public sealed class SeenKeys
{
    private readonly HashSet<ulong> _hashes = [];

    /// <summary>How many.</summary>
    public int Count => _hashes.Count;

    /// <summary>Adds a caller; false where it was seen before.</summary>
    public bool Add(ulong hash) => _hashes.Add(hash);

    /// <summary>Whether a caller was seen.</summary>
    public bool Contains(ulong hash) => _hashes.Contains(hash);

    internal sealed class Converter : JsonConverter<SeenKeys>
    {
        public override SeenKeys Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var keys = new SeenKeys();
            foreach (var hash in MemoryMarshal.Cast<byte, ulong>(reader.GetBytesFromBase64())) keys.Add(hash);
            return keys;
        }

        public override void Write(Utf8JsonWriter writer, SeenKeys value, JsonSerializerOptions options)
        {
            var sorted = value._hashes.ToArray();
            Array.Sort(sorted);
            writer.WriteBase64StringValue(MemoryMarshal.AsBytes<ulong>(sorted));
        }
    }
}
