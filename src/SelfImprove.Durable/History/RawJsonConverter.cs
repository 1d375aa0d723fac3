using System.Text.Json;
using System.Text.Json.Serialization;

namespace SelfImprove.Durable;

/// <summary>A string that holds JSON is written as that JSON, so that a history reads well and costs no second escaping.</summary>
internal sealed class RawJsonConverter : JsonConverter<string>
{
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.GetRawText();
    }

    // A JSON null is data like any other (an output may be null); no data at all is left out.
    public override bool HandleNull => true;

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value, skipInputValidation: true);
}
