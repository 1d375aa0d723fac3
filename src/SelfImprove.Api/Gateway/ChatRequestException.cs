namespace SelfImprove.Api.Gateway;

/// <summary>A chat request is not valid: how its reader says so.</summary>
internal sealed class ChatRequestException(string path, string message) : Exception($"{path}: {message}")
{
    public string Path { get; } = path;
}
