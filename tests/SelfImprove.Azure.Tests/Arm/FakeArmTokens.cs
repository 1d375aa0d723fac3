using System.Collections.Concurrent;
using Azure.Core;

namespace SelfImprove.Azure.Tests.Arm;

/// <summary>A credential whose tokens the fake accepts until they expire, by the fake's clock.</summary>
public sealed class FakeArmTokens(TimeProvider clock) : TokenCredential
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _tokens = new();
    private string? _last;
    private int _refused;

    /// <summary>How long a token is good for.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>For how long after its end a token is handed out all the same, as where the caller's clock is late; null to hand out a new one for every call.</summary>
    public TimeSpan? Overrun { get; set; }

    /// <summary>Calls that came with a token that had expired, or with none.</summary>
    public int Refused => _refused;

    /// <summary>The scopes asked for, one entry a token.</summary>
    public ConcurrentQueue<string> Issued { get; } = new();

    /// <summary>Set to make asking for a token fail.</summary>
    public Exception? Failure { get; set; }

    public bool Accepts(string? header)
    {
        if (header is not null && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            && _tokens.TryGetValue(header["Bearer ".Length..], out var expires) && expires > clock.GetUtcNow()) return true;
        Interlocked.Increment(ref _refused);
        return false;
    }

    /// <summary>Makes all tokens so far worthless, whatever their owner believes.</summary>
    public void Revoke() => _tokens.Clear();

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        if (Failure is not null) throw Failure;
        // The pipeline keeps tokens by the machine's clock, which a virtual one runs away from: it is told to ask for every call, and what it would keep is kept here.
        var until = clock == TimeProvider.System ? (DateTimeOffset?)null : DateTimeOffset.UtcNow;
        if (Overrun is { } overrun && _last is { } last && _tokens.TryGetValue(last, out var end) && clock.GetUtcNow() < end + overrun) return new AccessToken(last, until ?? end);
        Issued.Enqueue(string.Join(' ', requestContext.Scopes));
        var token = $"token-{Guid.NewGuid():n}";
        var expires = clock.GetUtcNow() + Lifetime;
        _tokens[token] = expires;
        _last = token;
        return new AccessToken(token, until ?? expires);
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        ValueTask.FromResult(GetToken(requestContext, cancellationToken));
}
