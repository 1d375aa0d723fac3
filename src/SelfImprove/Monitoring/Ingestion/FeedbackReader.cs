using System.Text.Json;
using System.Text.Json.Serialization;
using SelfImprove.Models;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Events;

namespace SelfImprove.Monitoring.Ingestion;

/// <summary>
/// Reads and checks feedback as clients send it. Two forms are taken, and may be mixed:
/// <code>
/// {"id":"f1","interaction":"i1","metric":"helpful","value":true,"source":{"kind":"human","id":"ann"}}      our own
/// {"inference_id":"i1","metric_name":"helpful","value":true}                                                TensorZero's names
/// </code>
/// <c>interaction</c> or <c>inference_id</c>, otherwise <c>episode</c> or <c>episode_id</c>: exactly one target. <c>value</c> is a boolean or a number;
/// for <c>comment</c> a string (or <c>comment</c> holds it); for <c>demonstration</c> a string (the text), an object with <c>text</c> or <c>toolCalls</c>, or
/// an array of content blocks <c>{"type":"text","text"}</c>, <c>{"type":"tool_call","name","arguments"}</c> (or <c>demonstration</c> holds the object).
/// <c>source</c> is an object or <c>"kind:id"</c>; without it, it is <c>human:anonymous</c>. Without an <c>id</c> one is made up: such feedback sent twice
/// is two events, of which the later counts. With <c>dryrun</c> it is checked but not stored.
/// </summary>
internal sealed class FeedbackReader(IngestionOptions options, Func<string> newId)
{
    private const int MaxComment = 16 * 1024;
    private readonly JsonSerializerOptions _json = EventJson.Options(options.MaxDepth);

    public (Feedback Feedback, bool DryRun) Read(ReadOnlySpan<byte> json, string agent, RewardMap rewards, DateTimeOffset now)
    {
        var wire = EventJson.Read<Wire>(json, _json);
        var id = wire.Id is null ? newId() : EventRules.Id(wire.Id, "id", null);
        EventRules.Agent(wire.Agent, agent, id);
        var interaction = One(wire.Interaction, wire.InferenceId, "interaction", "inference_id", id);
        var episode = One(wire.Episode, wire.EpisodeId, "episode", "episode_id", id);
        if ((interaction is null) == (episode is null))
            throw new EventRejectedException("bad-field", "expected exactly one target: interaction (or inference_id), or episode (or episode_id)", id);
        var metric = One(wire.Metric, wire.MetricName, "metric", "metric_name", id) ?? throw new EventRejectedException("unknown-metric",
            "metric (or metric_name) is missing", id);
        var (value, comment, demonstration) = Value(wire, metric, id);
        if (rewards.Refuse(metric, value) is { } problem) throw new EventRejectedException(rewards.Knows(metric) ? "bad-value" : "unknown-metric", problem, id);
        return (new Feedback
        {
            Id = id,
            Agent = agent,
            Time = EventRules.Time(wire.Time, now, options, id),
            Interaction = interaction is null ? null : EventRules.Id(interaction, "interaction", id),
            Episode = episode is null ? null : EventRules.Id(episode, "episode", id),
            Metric = metric,
            Value = value,
            Comment = comment,
            Demonstration = demonstration,
            Source = Source(wire.Source, id),
        }, wire.Dryrun ?? false);
    }

    private (double? Value, string? Comment, AgentOutput? Demonstration) Value(Wire wire, string metric, string id)
    {
        var kind = wire.Value?.ValueKind ?? JsonValueKind.Undefined;
        EventRules.Text(wire.Comment, MaxComment, "comment", id);
        switch (metric)
        {
            case RewardMap.Comment:
                var text = kind == JsonValueKind.String ? wire.Value!.Value.GetString() : wire.Comment;
                if (string.IsNullOrWhiteSpace(text)) throw new EventRejectedException("bad-value", "a comment needs its text: a string in value, or in comment", id);
                EventRules.Text(text, MaxComment, "value", id);
                return (null, text, null);
            case RewardMap.Demonstration:
                var output = wire.Demonstration ?? Output(wire.Value, id);
                if (output is null || (output.Text is null && output.ToolCalls is not { Count: > 0 }))
                    throw new EventRejectedException("bad-value", "a demonstration needs the right output: text or toolCalls, in value or in demonstration", id);
                EventRules.Output(output, "demonstration", id);
                return (null, wire.Comment, output);
            default:
                double? value = kind switch
                {
                    JsonValueKind.True => 1,
                    JsonValueKind.False => 0,
                    JsonValueKind.Number => wire.Value!.Value.GetDouble(),
                    _ => null,
                };
                return (value, wire.Comment, null);
        }
    }

    private AgentOutput? Output(JsonElement? value, string id)
    {
        try
        {
            return value?.ValueKind switch
            {
                JsonValueKind.String => new AgentOutput(value.Value.GetString()),
                JsonValueKind.Object => value.Value.Deserialize<AgentOutput>(_json),
                JsonValueKind.Array => Blocks(value.Value.Deserialize<IReadOnlyList<Block>>(_json)!),
                _ => null,
            };
        }
        catch (JsonException e)
        {
            throw new EventRejectedException("bad-value", $"the demonstration is no output: {e.Message}", id);
        }
    }

    private static AgentOutput Blocks(IReadOnlyList<Block> blocks)
    {
        var texts = blocks.Where(b => b?.Text is not null).Select(b => b.Text!).ToList();
        var calls = blocks.Where(b => b?.Name is not null).Select(b => new ToolCall(b.Name!, b.Arguments switch
        {
            { ValueKind: JsonValueKind.String } written => written.GetString()!,
            { } given => given.GetRawText(),
            null => "{}",
        })).ToList();
        return new AgentOutput(texts.Count == 0 ? null : string.Join('\n', texts), calls.Count == 0 ? null : calls);
    }

    private static FeedbackSource Source(JsonElement? source, string id)
    {
        var (kind, name) = source?.ValueKind switch
        {
            null or JsonValueKind.Null => ("human", "anonymous"),
            JsonValueKind.String => Split(source.Value.GetString()!),
            JsonValueKind.Object => (Property(source.Value, "kind") ?? "human", Property(source.Value, "id") ?? "anonymous"),
            _ => ("", ""),
        };
        if (!Enum.TryParse<SourceKind>(kind, ignoreCase: true, out var parsed) || !Enum.IsDefined(parsed) || char.IsAsciiDigit(kind[0]))
            throw new EventRejectedException("bad-field", $"source.kind: expected human, agent, critic or code, found '{EventRules.Short(kind)}'", id);
        if (name.Length is 0 or > 128 || name.Any(char.IsControl)) throw new EventRejectedException("bad-field", "source.id: expected 1 to 128 characters", id);
        return new FeedbackSource(parsed, name);
    }

    private static (string, string) Split(string source) => source.IndexOf(':') is var colon and > 0 ? (source[..colon], source[(colon + 1)..]) : ("human", source);

    private static string? Property(JsonElement element, string name) =>
        !element.TryGetProperty(name, out var value) ? null : value.ValueKind == JsonValueKind.String ? value.GetString() : "";

    private static string? One(string? own, string? other, string name, string otherName, string id) =>
        own is null || other is null || own == other
            ? own ?? other
            : throw new EventRejectedException("bad-field", $"{name} and {otherName} say different things; send one of them", id);

    private sealed record Wire
    {
        public string? Id { get; init; }
        public string? Agent { get; init; }
        public DateTimeOffset? Time { get; init; }
        public string? Interaction { get; init; }
        [JsonPropertyName("inference_id")] public string? InferenceId { get; init; }
        public string? Episode { get; init; }
        [JsonPropertyName("episode_id")] public string? EpisodeId { get; init; }
        public string? Metric { get; init; }
        [JsonPropertyName("metric_name")] public string? MetricName { get; init; }
        public JsonElement? Value { get; init; }
        public string? Comment { get; init; }
        public AgentOutput? Demonstration { get; init; }
        public JsonElement? Source { get; init; }
        public bool? Dryrun { get; init; }
    }

    private sealed record Block
    {
        public string? Type { get; init; }
        public string? Text { get; init; }
        public string? Name { get; init; }
        public JsonElement? Arguments { get; init; }
    }
}
