using System.Buffers;
using Microsoft.AspNetCore.Http;
using SelfImprove.Storage;

namespace SelfImprove.Api.Gateway;

/// <summary>The gateway's own headers, and the rules of what goes into an interaction's record: the same as for interactions that are posted.</summary>
internal static class ChatHeaders
{
    public const string Key = "x-selfimprove-key";
    public const string Interaction = "x-interaction-id";
    public const string Episode = "x-selfimprove-episode";
    public const string Group = "x-selfimprove-group";
    public const string Trainable = "x-selfimprove-trainable";
    public const string Version = "x-selfimprove-version";
    public const string Experiment = "x-selfimprove-experiment";
    public const string RequestId = "x-request-id";

    private const int MaxTags = 16;
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-");

    /// <summary>Takes over what the headers say, and checks what goes into the record.</summary>
    /// <exception cref="ChatRequestException">Something is not allowed there.</exception>
    public static GatewayRequest Apply(GatewayRequest request, IHeaderDictionary headers)
    {
        var (key, id, episode, group) = (Header(headers, Key), Header(headers, Interaction), Header(headers, Episode), Header(headers, Group));
        var trainable = Header(headers, Trainable);
        if (key is not null || id is not null || episode is not null || group is not null || trainable is not null)
        {
            request = request with
            {
                Key = key ?? request.Key,
                Id = id,
                Episode = episode ?? request.Episode,
                Group = group ?? request.Group,
                Trainable = trainable is null ? null : bool.TryParse(trainable, out var may) ? may : throw new ChatRequestException(Trainable, "expected true or false"),
            };
        }
        Id(request.Id, Interaction);
        Id(request.Episode, Episode);
        Text(request.Key, 256, key is null ? "user" : Key);
        Text(request.Group, 128, Group);
        Tags(request.Tags);
        return request;
    }

    /// <summary>Gives the answer its request's id: what a client quotes when it asks why.</summary>
    public static void NameRequest(HttpResponse response) => response.Headers[RequestId] = response.HttpContext.TraceIdentifier;

    private static string? Header(IHeaderDictionary headers, string name) =>
        !headers.TryGetValue(name, out var values) ? null : values is [{ Length: > 0 } only] ? only : throw new ChatRequestException(name, "expected one value");

    private static void Id(string? value, string name)
    {
        if (value is not null && (value.Length is 0 or > 128 || value.AsSpan().ContainsAnyExcept(IdCharacters)))
            throw new ChatRequestException(name, "expected 1 to 128 of the characters A-Z a-z 0-9 . _ : -");
    }

    private static void Text(string? value, int most, string name)
    {
        if (value is not null && value.Length > most) throw new ChatRequestException(name, $"has {value.Length} characters, at most {most} are taken");
    }

    private static void Tags(IReadOnlyDictionary<string, string>? tags)
    {
        if (tags is null) return;
        if (tags.Count > MaxTags) throw new ChatRequestException("metadata", $"has {tags.Count} entries, at most {MaxTags} are taken as tags");
        foreach (var (name, value) in tags)
        {
            if (!StoragePath.IsName(name))
                throw new ChatRequestException($"metadata.{Problems.ApiProblems.Short(name)}", "a tag's name must be 1 to 63 of a-z 0-9 -");
            if (value.Length is 0 or > 64) throw new ChatRequestException($"metadata.{name}", "a tag's value must have 1 to 64 characters");
        }
    }
}
