using System.Buffers;
using System.Text;
using System.Text.Json;

namespace SelfImprove.DataGeneration.Datasets;

/// <summary>A row of direct preference optimisation as OpenAI and Azure OpenAI read it: <c>input</c>, <c>preferred_output</c>,
/// <c>non_preferred_output</c>.</summary>
public static class DpoFormat
{
    /// <summary>A pair as one line, without its end.</summary>
    public static string Write(PreferencePair pair)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, SftFormat.Json))
        {
            json.WriteStartObject();
            json.WriteStartObject("input");
            json.WriteStartArray("messages");
            foreach (var message in pair.Messages) ChatJson.WriteMessage(json, message);
            json.WriteEndArray();
            if (pair.Tools.Count > 0)
            {
                ChatJson.WriteTools(json, pair.Tools);
                json.WriteBoolean("parallel_tool_calls", false);
            }
            json.WriteEndObject();
            json.WriteStartArray("preferred_output");
            ChatJson.WriteMessage(json, ChatJson.Answer(pair.Preferred));
            json.WriteEndArray();
            json.WriteStartArray("non_preferred_output");
            ChatJson.WriteMessage(json, ChatJson.Answer(pair.NonPreferred));
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
