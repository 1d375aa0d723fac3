using System.Collections.Concurrent;
using Azure.Core;

namespace SelfImprove.Azure.Tests.Arm;

/// <summary>A credential whose tokens the fake accepts until they expire, by the fake's clock.</summary>
public sealed class FakeArmTokens(TimeProvider clock) : TokenCredential
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _tokens = new();

    /// <summary>How long a token is good for.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The scopes asked for, one entry a token.</summary>
    public ConcurrentQueue<string> Issued { get; } = new();

    /// <summary>Set to make asking for a token fail.</summary>
    public Exception? Failure { get; set; }

    public bool Accepts(string? header) =>
        header is not null && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        && _tokens.TryGetValue(header["Bearer ".Length..], out var expires) && expires > clock.GetUtcNow();

    /// <summary>Makes all tokens so far worthless, whatever their owner believes.</summary>
    public void Revoke() => _tokens.Clear();

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        if (Failure is not null) throw Failure;
        Issued.Enqueue(string.Join(' ', requestContext.Scopes));
        var token = $"token-{Guid.NewGuid():n}";
        var expires = clock.GetUtcNow() + Lifetime;
        _tokens[token] = expires;
        // The pipeline keeps tokens by the machine's clock, which a virtual one runs away from: it is told to ask for every call, as it would be after expiry.
        return new AccessToken(token, clock == TimeProvider.System ? expires : DateTimeOffset.UtcNow);
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        ValueTask.FromResult(GetToken(requestContext, cancellationToken));
}
