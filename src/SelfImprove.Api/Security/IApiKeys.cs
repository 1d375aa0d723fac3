namespace SelfImprove.Api.Security;

/// <summary>A host's API keys: in a file of its folder (<see cref="ApiKeyFile"/>), or in its settings (<see cref="ApiKeyList"/>). Only their hashes are kept.</summary>
public interface IApiKeys
{
    /// <summary>Whether there is any.</summary>
    bool Any { get; }

    /// <summary>The caller that a key belongs to; null for an unknown key. Takes the same time whichever key it is.</summary>
    ApiCaller? Find(ReadOnlySpan<char> key);
}
