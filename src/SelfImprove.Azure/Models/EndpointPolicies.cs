using System.ClientModel.Primitives;
using SelfImprove.Azure.Outbound;
using SelfImprove.Azure.Secrets;

namespace SelfImprove.Azure.Models;

/// <summary>Puts a key into a request's header, if the request goes where the key may go; leaves a request alone where no key is needed.</summary>
internal sealed class KeyPolicy(SecretBook secrets, string? secret, bool bearer) : AuthenticationPolicy
{
    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        Sign(message);
        ProcessNext(message, pipeline, currentIndex);
    }

    public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        Sign(message);
        return ProcessNextAsync(message, pipeline, currentIndex);
    }

    private void Sign(PipelineMessage message)
    {
        if (secret is null) return;
        var value = secrets.For(secret, message.Request.Uri!);
        if (bearer) message.Request.Headers.Set("Authorization", "Bearer " + value);
        else message.Request.Headers.Set("api-key", value);
    }
}

/// <summary>Asks for an Entra ID token only for hosts that may get one.</summary>
internal sealed class EntraPolicy(System.ClientModel.AuthenticationTokenProvider credential, string scope, IReadOnlyList<HostPattern> hosts) : AuthenticationPolicy
{
    private readonly BearerTokenPolicy _inner = new(credential, scope);

    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        Check(message.Request.Uri!);
        _inner.Process(message, pipeline, currentIndex);
    }

    public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        Check(message.Request.Uri!);
        return _inner.ProcessAsync(message, pipeline, currentIndex);
    }

    private void Check(Uri address)
    {
        if (address.Scheme != Uri.UriSchemeHttps || !hosts.Any(h => h.Matches(address)))
            throw new SecretRefusedException($"Entra ID tokens are not sent to {address.Scheme}://{address.Authority}, but over https to {string.Join(", ", hosts)}.");
    }
}

/// <summary>Says in a header which deployment is asked: servers that hold several behind one address choose by it, not by the body.</summary>
internal sealed class DeploymentPolicy(string header, string deployment) : PipelinePolicy
{
    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        message.Request.Headers.Set(header, deployment);
        ProcessNext(message, pipeline, currentIndex);
    }

    public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        message.Request.Headers.Set(header, deployment);
        return ProcessNextAsync(message, pipeline, currentIndex);
    }
}

/// <summary>Tells a gate what an answer's headers say about the allowance.</summary>
internal sealed class AllowancePolicy(AdaptiveGate gate, TimeProvider clock) : PipelinePolicy
{
    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        ProcessNext(message, pipeline, currentIndex);
        Look(message.Response);
    }

    public override async ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        await ProcessNextAsync(message, pipeline, currentIndex);
        Look(message.Response);
    }

    private void Look(PipelineResponse? response)
    {
        if (response is null) return;
        var now = clock.GetUtcNow();
        string? Header(string name) => response.Headers.TryGetValue(name, out var value) ? value : null;
        // A 429 without a word on when is left to the retry's own delays.
        var wait = response.Status is 429 or 503 ? RateLimitHeaders.RetryAfter(Header, now) : null;
        if ((wait ?? RateLimitHeaders.Exhausted(Header, now)) is { } span) gate.Close(span);
    }
}
