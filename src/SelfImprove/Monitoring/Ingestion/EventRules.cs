using System.Buffers;
using SelfImprove.Models;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Ingestion;

/// <summary>Rules of single fields, shared by interactions and feedback.</summary>
internal static class EventRules
{
    private const int MaxId = 128;
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-");

    public static bool IsId(string value) => value.Length is > 0 and <= MaxId && !value.AsSpan().ContainsAnyExcept(IdCharacters);

    public static string Id(string? value, string field, string? ofEvent)
    {
        if (value is not null && IsId(value)) return value;
        var found = value is null ? "it is missing" : $"found '{(value.Length > 40 ? value[..40] + "..." : value)}'";
        throw new EventRejectedException("bad-id", $"{field}: expected 1 to {MaxId} of the characters A-Z a-z 0-9 . _ : -, {found}", ofEvent);
    }

    public static string? OptionalId(string? value, string field, string ofEvent) => value is null ? null : Id(value, field, ofEvent);

    public static void Text(string? value, int most, string field, string ofEvent)
    {
        if (value is not null && value.Length is 0) throw new EventRejectedException("bad-field", $"{field}: must not be empty; leave it out", ofEvent);
        if (value?.Length > most) throw new EventRejectedException("bad-field", $"{field}: has {value.Length} characters, at most {most} are taken", ofEvent);
    }

    public static void Range(double? value, double least, double most, string field, string ofEvent)
    {
        if (value is { } number && !(number >= least && number <= most))
            throw new EventRejectedException("bad-field", FormattableString.Invariant($"{field}: expected a number from {least} to {most}, found {number}"),
                ofEvent);
    }

    public static DateTimeOffset Time(DateTimeOffset? value, DateTimeOffset now, IngestionOptions options, string ofEvent)
    {
        if (value is not { } time) return now;
        if (time > now + options.MaxAhead)
            throw new EventRejectedException("bad-time",
                FormattableString.Invariant($"time: {time:O} is more than {options.MaxAhead.TotalMinutes} minutes ahead of this host's {now:O}; set the sender's clock"), ofEvent);
        if (time < now - options.MaxAge)
            throw new EventRejectedException("bad-time",
                FormattableString.Invariant($"time: {time:O} is more than {options.MaxAge.TotalDays} days ago; older events are not taken"), ofEvent);
        return time;
    }

    public static void Agent(string? value, string agent, string? ofEvent)
    {
        if (value is not null && value != agent)
            throw new EventRejectedException("wrong-agent", $"agent: the event names '{value}' but was sent to '{agent}'; leave it out, or send it there", ofEvent);
    }

    public static void Tags(IReadOnlyDictionary<string, string>? tags, string ofEvent)
    {
        if (tags is null) return;
        if (tags.Count > 16) throw new EventRejectedException("bad-field", $"tags: {tags.Count} tags, at most 16 are taken", ofEvent);
        foreach (var (name, value) in tags)
        {
            if (!StoragePath.IsName(name)) throw new EventRejectedException("bad-field", $"tags: the name '{Short(name)}' must be 1 to 63 of a-z 0-9 -", ofEvent);
            if (value is null || value.Length is 0 or > 64) throw new EventRejectedException("bad-field", $"tags.{name}: expected 1 to 64 characters", ofEvent);
        }
    }

    public static void Output(AgentOutput? output, string field, string ofEvent)
    {
        foreach (var call in output?.ToolCalls ?? [])
            if (call is null || string.IsNullOrEmpty(call.Name) || call.Name.Length > 128 || call.Arguments is null)
                throw new EventRejectedException("bad-field",
                    $"{field}.toolCalls: each call needs a name of at most 128 characters and arguments (a JSON object as text)", ofEvent);
    }

    public static string Short(string value) => value.Length <= 40 ? value : value[..40] + "...";
}
