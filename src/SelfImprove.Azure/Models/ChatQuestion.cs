using System.Text.Json;
using OpenAI.Chat;
using SelfImprove.Models;

namespace SelfImprove.Azure.Models;

/// <summary>A question in the SDK's form.</summary>
internal static class ChatQuestion
{
    private const int MaxImageBytes = 20 * 1024 * 1024;
    private static readonly string[] ImageTypes = ["image/png", "image/jpeg", "image/webp", "image/gif"];
    private static readonly BinaryData NoParameters = BinaryData.FromString("""{"type":"object","properties":{}}""");

    /// <summary>The messages.</summary>
    /// <exception cref="ArgumentException">One can't be sent: an unknown role, or an image that is not in the message itself.</exception>
    public static List<OpenAI.Chat.ChatMessage> Messages(ModelRequest request)
    {
        var messages = new List<OpenAI.Chat.ChatMessage>(request.Messages.Count);
        // Calls without an id get one, and the answers that follow them take these in order.
        var open = new Queue<string>();
        var calls = 0;
        foreach (var message in request.Messages)
        {
            switch (message.Role)
            {
                case "system": messages.Add(new SystemChatMessage(message.Text)); break;
#pragma warning disable OPENAI001 // marked as evaluation: a developer's message is a system message to newer models
                case "developer": messages.Add(new DeveloperChatMessage(message.Text)); break;
#pragma warning restore OPENAI001
                case "user": messages.Add(new UserChatMessage(Parts(message))); break;
                case "assistant": messages.Add(Assistant(message, open, ref calls)); break;
                case "tool": messages.Add(new ToolChatMessage(message.ToolCallId ?? (open.TryDequeue(out var id) ? id : $"call_{calls++}"), message.Text)); break;
                default: throw new ArgumentException($"A message has the role '{message.Role}'. Expected: system, developer, user, assistant or tool.", nameof(request));
            }
        }
        return messages;
    }

    /// <summary>The options; made anew for each attempt, for the SDK writes into them.</summary>
    public static ChatCompletionOptions Options(ModelRequest request, bool confidence)
    {
        var options = new ChatCompletionOptions { Temperature = (float?)request.Temperature, MaxOutputTokenCount = request.MaxOutputTokens };
#pragma warning disable OPENAI001 // marked as evaluation: a seed is best effort, and is documented so in ModelRequest
        options.Seed = request.Seed;
#pragma warning restore OPENAI001
        if (confidence) options.IncludeLogProbabilities = true;
        foreach (var tool in request.Tools ?? [])
            options.Tools.Add(ChatTool.CreateFunctionTool(tool.Name, tool.Description, tool.Parameters is { } schema ? Data(schema) : NoParameters));
        if (request.Format is { } format) options.ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat(format.Name, Data(format.Schema), null, format.Strict);
        return options;
    }

    private static AssistantChatMessage Assistant(SelfImprove.Models.ChatMessage message, Queue<string> open, ref int calls)
    {
        if (message.ToolCalls is not { Count: > 0 } made) return new AssistantChatMessage(message.Text);
        open.Clear();
        var list = new List<ChatToolCall>(made.Count);
        foreach (var call in made)
        {
            var id = call.Id ?? $"call_{calls++}";
            open.Enqueue(id);
            list.Add(ChatToolCall.CreateFunctionToolCall(id, call.Name, BinaryData.FromString(call.Arguments)));
        }
        var assistant = new AssistantChatMessage(list);
        if (message.Text is { Length: > 0 } text) assistant.Content.Add(ChatMessageContentPart.CreateTextPart(text));
        return assistant;
    }

    private static IEnumerable<ChatMessageContentPart> Parts(SelfImprove.Models.ChatMessage message) => message.Parts is { Count: > 0 } parts
        ? [.. (message.Content is { Length: > 0 } text ? [ChatMessageContentPart.CreateTextPart(text)] : Array.Empty<ChatMessageContentPart>()), .. parts.Select(Part)]
        : [ChatMessageContentPart.CreateTextPart(message.Content ?? "")];

    private static ChatMessageContentPart Part(ContentPart part)
    {
        if (part.ImageUrl is null) return ChatMessageContentPart.CreateTextPart(part.Text ?? "");
        var (type, bytes) = Image(part.ImageUrl);
        ChatImageDetailLevel? detail = part.Detail is null ? null : new ChatImageDetailLevel(part.Detail);
        return ChatMessageContentPart.CreateImagePart(bytes, type, detail);
    }

    // A remote address would be fetched by the model's server in our name, a store path could be any file of ours.
    private static (string Type, BinaryData Bytes) Image(string url)
    {
        const string Expected = "Images are sent as data URLs: data:image/png;base64,...";
        if (!url.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"An image is given by a reference, which is neither fetched nor passed on. {Expected}");
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        var head = comma < 0 ? "" : url[5..comma].ToLowerInvariant();
        var type = head.Split(';')[0];
        if (!head.EndsWith(";base64", StringComparison.Ordinal) || !ImageTypes.Contains(type))
            throw new ArgumentException($"An image's data URL is not base64 of {string.Join(", ", ImageTypes)}. {Expected}");
        if (url.Length - comma > MaxImageBytes / 3 * 4) throw new ArgumentException($"An image is larger than {MaxImageBytes / 1024 / 1024} MiB.");
        try
        {
            return (type, BinaryData.FromBytes(Convert.FromBase64String(url[(comma + 1)..])));
        }
        catch (FormatException e)
        {
            throw new ArgumentException($"An image's data URL is broken: {e.Message} {Expected}", e);
        }
    }

    private static BinaryData Data(JsonElement json) => BinaryData.FromString(json.GetRawText());
}
