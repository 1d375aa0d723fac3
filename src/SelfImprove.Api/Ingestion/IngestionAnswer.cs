using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SelfImprove.Monitoring.Ingestion;

namespace SelfImprove.Api.Ingestion;

/// <summary>Writes what became of each event:
/// <c>{"accepted":1,"duplicates":0,"conflicts":0,"rejected":0,"events":[{"index":0,"id":"i1","status":"accepted"}]}</c>.</summary>
internal static class IngestionAnswer
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic] private static Utf8JsonWriter? _writer;

    public static Task WriteAsync(HttpResponse response, int status, IngestResult result)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        var json = _writer ??= new Utf8JsonWriter(Stream.Null, Options);
        json.Reset(response.BodyWriter);
        try
        {
            Write(json, result);
            json.Flush();
        }
        finally
        {
            json.Reset(Stream.Null);
        }
        return response.BodyWriter.FlushAsync(response.HttpContext.RequestAborted).AsTask();
    }

    private static void Write(Utf8JsonWriter json, IngestResult result)
    {
        Span<int> counts = stackalloc int[4];
        foreach (var outcome in result.Events) counts[(int)outcome.Status]++;
        json.WriteStartObject();
        json.WriteNumber("accepted"u8, counts[(int)EventStatus.Accepted]);
        json.WriteNumber("duplicates"u8, counts[(int)EventStatus.Duplicate]);
        json.WriteNumber("conflicts"u8, counts[(int)EventStatus.Conflict]);
        json.WriteNumber("rejected"u8, counts[(int)EventStatus.Rejected]);
        json.WriteStartArray("events"u8);
        foreach (var outcome in result.Events)
        {
            json.WriteStartObject();
            json.WriteNumber("index"u8, outcome.Index);
            if (outcome.Id is not null) json.WriteString("id"u8, outcome.Id);
            json.WriteString("status"u8, outcome.Status switch
            {
                EventStatus.Accepted => "accepted"u8,
                EventStatus.Duplicate => "duplicate"u8,
                EventStatus.Conflict => "conflict"u8,
                _ => "rejected"u8,
            });
            if (outcome.Reason is not null) json.WriteString("reason"u8, outcome.Reason);
            if (outcome.Detail is not null) json.WriteString("detail"u8, outcome.Detail);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
