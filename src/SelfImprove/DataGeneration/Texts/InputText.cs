using System.Text;
using SelfImprove.Models;

namespace SelfImprove.DataGeneration.Texts;

/// <summary>The text by which an input is told from others: all that was said, and the images, without the system's own words.</summary>
public static class InputText
{
    /// <summary>The text of a conversation: its messages' texts, tool calls and image references, one after the other; of a single user message, just
    /// its text.</summary>
    public static string Of(IReadOnlyList<ChatMessage> messages)
    {
        var result = new StringBuilder();
        foreach (var message in messages)
        {
            if (IsInstruction(message)) continue;
            if (result.Length > 0) result.Append('\n');
            result.Append(message.Text);
            foreach (var call in message.ToolCalls ?? []) result.Append('\n').Append(call.Name).Append(' ').Append(call.Arguments);
            foreach (var part in message.Parts ?? [])
                if (part.ImageUrl is not null) result.Append('\n').Append(part.ImageUrl);
        }
        return result.ToString();
    }

    /// <summary>Whether a message instructs the model rather than asks it something.</summary>
    public static bool IsInstruction(ChatMessage message) => message.Role is "system" or "developer";
}
