using System.Buffers;
using System.Text;
using System.Text.Json;
using SelfImprove.Models;

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

    /// <summary>The pair that a line holds.</summary>
    /// <exception cref="FormatException">It holds none; the message says what was expected.</exception>
    public static PreferencePair Read(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var input = document.RootElement.GetProperty("input");
            return new PreferencePair(
                [.. input.GetProperty("messages").EnumerateArray().Select(ChatJson.ReadMessage)],
                Answer(document.RootElement, "preferred_output"), Answer(document.RootElement, "non_preferred_output"),
                input.TryGetProperty("tools", out var tools) ? [.. tools.EnumerateArray().Select(ChatJson.ReadTool)] : []);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"A preference pair is an object with 'input', 'preferred_output' and 'non_preferred_output': {e.Message}", e);
        }
    }

    private static AgentOutput Answer(JsonElement pair, string name)
    {
        var answers = pair.GetProperty(name);
        if (answers.GetArrayLength() == 0) throw new FormatException($"'{name}' of a preference pair has no message.");
        var answer = ChatJson.ReadMessage(answers[answers.GetArrayLength() - 1]);
        return new AgentOutput(answer.Content, answer.ToolCalls);
    }
}
