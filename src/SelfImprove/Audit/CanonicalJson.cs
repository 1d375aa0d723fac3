using System.Text.Json;

namespace SelfImprove.Audit;

/// <summary>
/// One spelling per JSON value: no white space, members in ordinal order, none twice, strings escaped as little as JSON allows; numbers keep the
/// digits they were written with. (RFC 8785 has the same aim, but rewrites numbers through doubles, which would change long ones.)
/// </summary>
internal static class CanonicalJson
{
    public static readonly JsonWriterOptions Options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                string? last = null;
                foreach (var member in value.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    if (member.Name == last)
                        throw new ArgumentException($"The member '{last}' occurs twice in an object of the audit data: expected each name once.");
                    writer.WritePropertyName(last = member.Name);
                    Write(writer, member.Value);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(writer, item);
                writer.WriteEndArray();
                break;
            case JsonValueKind.Number:
                writer.WriteRawValue(value.GetRawText(), skipInputValidation: true);
                break;
            case JsonValueKind.Undefined:
                writer.WriteNullValue();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
