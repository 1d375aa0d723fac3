using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SelfImprove.Models;

namespace SelfImprove.Api.Gateway;

/// <summary>Writes an answer as OpenAI's clients read it, straight into the connection's buffer.</summary>
internal static class ChatResponseWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic] private static Utf8JsonWriter? _writer;

    public static Task WriteAsync(HttpResponse response, string agent, in GatewayAnswer answer)
    {
        var model = answer.Model!;
        Head(response, answer, "application/json");
        var json = _writer ??= new Utf8JsonWriter(Stream.Null, Options);
        json.Reset(response.BodyWriter);
        try
        {
            json.WriteStartObject();
            json.WriteString("id"u8, answer.Id);
            json.WriteString("object"u8, "chat.completion"u8);
            json.WriteNumber("created"u8, answer.Time.ToUnixTimeSeconds());
            json.WriteString("model"u8, agent);
            json.WriteStartArray("choices"u8);
            json.WriteStartObject();
            json.WriteNumber("index"u8, 0);
            Message(json, answer.Id, model);
            json.WriteNull("logprobs"u8);
            json.WriteString("finish_reason"u8, Finish(model.Finish));
            json.WriteEndObject();
            json.WriteEndArray();
            Usage(json, model.InputTokens, model.OutputTokens);
            json.WriteEndObject();
            json.Flush();
        }
        finally
        {
            json.Reset(Stream.Null);
        }
        return response.BodyWriter.FlushAsync(response.HttpContext.RequestAborted).AsTask();
    }

    /// <summary>Status and headers of an answer, whole or streamed.</summary>
    public static void Head(HttpResponse response, in GatewayAnswer answer, string type)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = type;
        ChatHeaders.NameRequest(response);
        response.Headers[ChatHeaders.Version] = answer.Version;
        if (answer.Experiment is not null) response.Headers[ChatHeaders.Experiment] = answer.Experiment;
    }

    public static void Usage(Utf8JsonWriter json, int read, int written)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, read);
        json.WriteNumber("completion_tokens"u8, written);
        json.WriteNumber("total_tokens"u8, (long)read + written);
        json.WriteEndObject();
    }

    /// <summary>The id of a call that the model gave none.</summary>
    public static string CallId(string interaction, int index) => $"call_{interaction}_{index}";

    public static ReadOnlySpan<byte> Finish(FinishReason reason) => reason switch
    {
        FinishReason.ToolCalls => "tool_calls"u8,
        FinishReason.Length => "length"u8,
        FinishReason.ContentFilter => "content_filter"u8,
        _ => "stop"u8,
    };

    private static void Message(Utf8JsonWriter json, string id, ModelAnswer model)
    {
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("content"u8, model.Output.Text);
        json.WriteString("refusal"u8, model.Refusal);
        if (model.Output.ToolCalls is { Count: > 0 } calls)
        {
            json.WriteStartArray("tool_calls"u8);
            for (var i = 0; i < calls.Count; i++)
            {
                json.WriteStartObject();
                json.WriteString("id"u8, calls[i].Id ?? CallId(id, i));
                json.WriteString("type"u8, "function"u8);
                json.WriteStartObject("function"u8);
                json.WriteString("name"u8, calls[i].Name);
                json.WriteString("arguments"u8, calls[i].Arguments);
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
