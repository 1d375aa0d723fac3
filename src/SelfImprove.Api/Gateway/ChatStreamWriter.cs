using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using SelfImprove.Api.Problems;
using SelfImprove.Models;

namespace SelfImprove.Api.Gateway;

/// <summary>
/// Writes a streamed answer as server-sent events in OpenAI's form: the role, then content and tool calls as they come, the reason of the end, token counts where
/// asked for, <c>[DONE]</c>. A model that breaks off ends it with an event that holds an error.
/// </summary>
internal sealed class ChatStreamWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly HttpResponse _response;
    private readonly string _agent;
    private readonly GatewayAnswer _answer;
    private readonly bool _usage;
    private readonly Utf8JsonWriter _json;
    private readonly HashSet<int> _calls = [];

    private ChatStreamWriter(HttpResponse response, string agent, GatewayAnswer answer, bool usage)
    {
        (_response, _agent, _answer, _usage) = (response, agent, answer, usage);
        _json = new Utf8JsonWriter(response.BodyWriter, Options);
    }

    /// <summary>Writes it all; ends early where the client leaves.</summary>
    public static async Task WriteAsync(HttpResponse response, string agent, GatewayStream stream, bool includeUsage)
    {
        ChatResponseWriter.Head(response, stream.Answer, "text/event-stream");
        response.Headers.CacheControl = "no-cache";
        // Proxies that gather an answer before they pass it on would undo the stream.
        response.Headers["x-accel-buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var writer = new ChatStreamWriter(response, agent, stream.Answer, includeUsage);
        await using (writer._json) await writer.WriteAsync(stream);
    }

    private async Task WriteAsync(GatewayStream stream)
    {
        var left = _response.HttpContext.RequestAborted;
        Role();
        await foreach (var piece in stream.PiecesAsync(left))
        {
            if (piece.Text is { Length: > 0 } || piece.Refusal is not null || piece.ToolCalls is { Count: > 0 }) Content(piece);
            if (piece.End is { } end)
            {
                Finish(end.Finish);
                if (_usage) Usage(end);
                Raw("[DONE]"u8);
            }
            if (!await FlushAsync(left)) return;
        }
        if (stream.Failure is null) return;
        Event(writer => OpenAiError.Write(writer._json, GatewayProblems.BrokenStream(_agent)));
        await FlushAsync(left);
    }

    /// <summary>Sends what there is; false where nobody is there to read it.</summary>
    private async ValueTask<bool> FlushAsync(CancellationToken left)
    {
        var flushed = await _response.BodyWriter.FlushAsync(left);
        return !flushed.IsCompleted && !left.IsCancellationRequested;
    }

    private void Role() => Chunk(static (writer, _) =>
    {
        writer._json.WriteString("role"u8, "assistant"u8);
        writer._json.WriteString("content"u8, ""u8);
    }, null);

    private void Content(AnswerPiece piece) => Chunk(static (writer, piece) =>
    {
        var json = writer._json;
        if (piece!.Text is { Length: > 0 } text) json.WriteString("content"u8, text);
        if (piece.Refusal is not null) json.WriteString("refusal"u8, piece.Refusal);
        if (piece.ToolCalls is not { Count: > 0 } calls) return;
        json.WriteStartArray("tool_calls"u8);
        foreach (var call in calls) writer.Call(call);
        json.WriteEndArray();
    }, piece);

    private void Call(ToolCallPiece call)
    {
        _json.WriteStartObject();
        _json.WriteNumber("index"u8, call.Index);
        var first = _calls.Add(call.Index);
        if (first)
        {
            _json.WriteString("id"u8, call.Id ?? ChatResponseWriter.CallId(_answer.Id, call.Index));
            _json.WriteString("type"u8, "function"u8);
        }
        _json.WriteStartObject("function"u8);
        if (first) _json.WriteString("name"u8, call.Name ?? "");
        _json.WriteString("arguments"u8, call.Arguments ?? "");
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void Finish(FinishReason reason) => Event(writer =>
    {
        writer.Head();
        writer.Choice();
        writer._json.WriteEndObject();
        writer._json.WriteNull("logprobs"u8);
        writer._json.WriteString("finish_reason"u8, ChatResponseWriter.Finish(reason));
        writer.Tail();
    });

    private void Usage(AnswerEnd end) => Event(writer =>
    {
        writer.Head();
        writer._json.WriteStartArray("choices"u8);
        writer._json.WriteEndArray();
        ChatResponseWriter.Usage(writer._json, end.InputTokens, end.OutputTokens);
        writer._json.WriteEndObject();
    });

    private void Chunk(Action<ChatStreamWriter, AnswerPiece?> delta, AnswerPiece? piece) => Event(writer =>
    {
        writer.Head();
        writer.Choice();
        delta(writer, piece);
        writer._json.WriteEndObject();
        writer._json.WriteNull("logprobs"u8);
        writer._json.WriteNull("finish_reason"u8);
        writer.Tail();
    });

    private void Head()
    {
        _json.WriteStartObject();
        _json.WriteString("id"u8, _answer.Id);
        _json.WriteString("object"u8, "chat.completion.chunk"u8);
        _json.WriteNumber("created"u8, _answer.Time.ToUnixTimeSeconds());
        _json.WriteString("model"u8, _agent);
    }

    /// <summary>Opens the one choice, up to and into its delta.</summary>
    private void Choice()
    {
        _json.WriteStartArray("choices"u8);
        _json.WriteStartObject();
        _json.WriteNumber("index"u8, 0);
        _json.WriteStartObject("delta"u8);
    }

    private void Tail()
    {
        _json.WriteEndObject();
        _json.WriteEndArray();
        if (_usage) _json.WriteNull("usage"u8);
        _json.WriteEndObject();
    }

    private void Event(Action<ChatStreamWriter> body)
    {
        _response.BodyWriter.Write("data: "u8);
        _json.Reset();
        body(this);
        _json.Flush();
        _response.BodyWriter.Write("\n\n"u8);
    }

    private void Raw(ReadOnlySpan<byte> data)
    {
        _response.BodyWriter.Write("data: "u8);
        _response.BodyWriter.Write(data);
        _response.BodyWriter.Write("\n\n"u8);
    }
}
