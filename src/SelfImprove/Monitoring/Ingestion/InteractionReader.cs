using System.Text.Json;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;

namespace SelfImprove.Monitoring.Ingestion;

/// <summary>
/// Reads and checks interactions as clients send them: the fields of <see cref="Interaction"/>, where <c>agent</c> may be left out (the address
/// names it) and <c>time</c> too (then it is when it came).
/// </summary>
internal sealed class InteractionReader(IngestionOptions options)
{
    private const int MaxMessages = 1024;
    private readonly JsonSerializerOptions _json = EventJson.Options(options.MaxDepth);

    public Interaction Read(ReadOnlySpan<byte> json, string agent, DateTimeOffset now)
    {
        var wire = EventJson.Read<Wire>(json, _json);
        var id = EventRules.Id(wire.Id, "id", null);
        EventRules.Agent(wire.Agent, agent, id);
        EventRules.Text(wire.Version, 128, "version", id);
        EventRules.Text(wire.Key, 256, "key", id);
        EventRules.Text(wire.Group, 128, "group", id);
        EventRules.Text(wire.Error, 128, "error", id);
        EventRules.Range(wire.Confidence, 0, 1, "confidence", id);
        EventRules.Range(wire.LatencyMs, 0, 1e9, "latencyMs", id);
        EventRules.Range(wire.FirstTokenMs, 0, 1e9, "firstTokenMs", id);
        EventRules.Range(wire.InputTokens, 0, int.MaxValue, "inputTokens", id);
        EventRules.Range(wire.OutputTokens, 0, int.MaxValue, "outputTokens", id);
        EventRules.Range((double?)wire.CostUsd, 0, 1e6, "costUsd", id);
        EventRules.Tags(wire.Tags, id);
        EventRules.Output(wire.Output, "output", id);
        Routing(wire.Routing, id);
        return new Interaction
        {
            Id = id,
            Agent = agent,
            Time = EventRules.Time(wire.Time, now, options, id),
            Version = wire.Version,
            Key = wire.Key,
            Episode = EventRules.OptionalId(wire.Episode, "episode", id),
            Group = wire.Group,
            Input = Input(wire.Input, id),
            Output = wire.Output,
            Error = wire.Error,
            Confidence = wire.Confidence,
            Tags = wire.Tags,
            LatencyMs = wire.LatencyMs,
            FirstTokenMs = wire.FirstTokenMs,
            InputTokens = wire.InputTokens,
            OutputTokens = wire.OutputTokens,
            CostUsd = wire.CostUsd,
            Routing = wire.Routing,
            Trainable = wire.Trainable,
        };
    }

    private static IReadOnlyList<ChatMessage> Input(IReadOnlyList<ChatMessage>? input, string id)
    {
        if (input is null || input.Count is 0 or > MaxMessages) throw new EventRejectedException("bad-field", $"input: expected 1 to {MaxMessages} messages", id);
        for (var i = 0; i < input.Count; i++)
        {
            var message = input[i];
            if (message?.Role is not ("system" or "developer" or "user" or "assistant" or "tool"))
                throw new EventRejectedException("bad-field", $"input[{i}].role: expected system, developer, user, assistant or tool", id);
            foreach (var part in message.Parts ?? [])
                if (part?.Type is not ("text" or "image_url"))
                    throw new EventRejectedException("bad-field", $"input[{i}].parts: each part's type must be text or image_url", id);
        }
        return input;
    }

    private static void Routing(RoutingStamp? routing, string id)
    {
        if (routing is not null && !(routing.Probability is > 0 and <= 1))
            throw new EventRejectedException("bad-field",
                FormattableString.Invariant($"routing.probability: expected a number in (0,1], found {routing.Probability}"), id);
    }

    private sealed record Wire
    {
        public string? Id { get; init; }
        public string? Agent { get; init; }
        public DateTimeOffset? Time { get; init; }
        public string? Version { get; init; }
        public string? Key { get; init; }
        public string? Episode { get; init; }
        public string? Group { get; init; }
        public IReadOnlyList<ChatMessage>? Input { get; init; }
        public AgentOutput? Output { get; init; }
        public string? Error { get; init; }
        public double? Confidence { get; init; }
        public IReadOnlyDictionary<string, string>? Tags { get; init; }
        public double? LatencyMs { get; init; }
        public double? FirstTokenMs { get; init; }
        public int? InputTokens { get; init; }
        public int? OutputTokens { get; init; }
        public decimal? CostUsd { get; init; }
        public RoutingStamp? Routing { get; init; }
        public bool? Trainable { get; init; }
    }
}
