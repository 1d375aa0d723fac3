using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SelfImprove.Models;

namespace SelfImprove.DataGeneration.Datasets;

/// <summary>
/// A row of supervised fine-tuning as OpenAI and Azure OpenAI read it: <c>messages</c> (the last one is the assistant's right answer),
/// then, where there are tools, <c>parallel_tool_calls</c> and <c>tools</c>. Tool arguments are JSON as a string. Assistant messages
/// within the input get <c>weight</c> 0: what the agent once said is context, not an example.
/// </summary>
public static class SftFormat
{
    internal static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A row as one line, without its end.</summary>
    public static string Write(DatasetRow row)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            json.WriteStartArray("messages");
            foreach (var message in row.Messages) ChatJson.WriteMessage(json, message, message.Role == "assistant" ? 0 : null);
            ChatJson.WriteMessage(json, ChatJson.Answer(row.Output), row.Weight is 1 ? null : row.Weight);
            json.WriteEndArray();
            if (row.Tools.Count > 0)
            {
                json.WriteBoolean("parallel_tool_calls", false);
                ChatJson.WriteTools(json, row.Tools);
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The row that a line holds.</summary>
    /// <exception cref="FormatException">It holds none; the message says what was expected.</exception>
    public static DatasetRow Read(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            var messages = root.GetProperty("messages");
            if (messages.GetArrayLength() == 0) throw new FormatException("A row of training data has no messages.");
            var last = messages[messages.GetArrayLength() - 1];
            var answer = ChatJson.ReadMessage(last);
            if (answer.Role != "assistant") throw new FormatException($"The last message of a row is the assistant's answer; found role '{answer.Role}'.");
            return new DatasetRow(
                [.. messages.EnumerateArray().SkipLast(1).Select(ChatJson.ReadMessage)],
                new AgentOutput(answer.Content, answer.ToolCalls),
                root.TryGetProperty("tools", out var tools) ? [.. tools.EnumerateArray().Select(ChatJson.ReadTool)] : [],
                last.TryGetProperty("weight", out var weight) ? weight.GetDouble() : 1);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"A row of training data is an object with 'messages', each with a 'role': {e.Message}", e);
        }
    }

    /// <summary>What the model gets for an input: the task's instructions first, unless the input begins with them.</summary>
    public static IReadOnlyList<ChatMessage> Messages(string? instructions, IReadOnlyList<ChatMessage> input) =>
        string.IsNullOrWhiteSpace(instructions) || (input.Count > 0 && input[0].Role == "system" && input[0].Content == instructions)
            ? input
            : [ChatMessage.System(instructions), .. input];
}
