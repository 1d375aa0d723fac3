using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Api.Hosting;
using SelfImprove.Api.Security;
using SelfImprove.Functions.Engine;
using SelfImprove.Functions.Http;
using SelfImprove.Orchestration;

namespace SelfImprove.Functions.Hosting;

/// <summary>What the app consists of, but for the store and what else is Azure's.</summary>
public static class FunctionsHosting
{
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Adds the product, its rounds, the engine's client and the API, at which every caller is asked for a key or a token: unlike the local host, the
    /// app has no callers of its own machine. Needs an object store with its parts, and logging.
    /// </summary>
    public static IServiceCollection AddFunctionsHost(this IServiceCollection services, FunctionsSettings settings)
    {
        services.AddSelfImprove().AddAgentRounds();
        services.AddSingleton<DurableOrchestrationClient>().AddSingleton<IOrchestrationClient>(p => p.GetRequiredService<DurableOrchestrationClient>());
        services.AddSelfImproveApi(new ApiKeyList(settings.Keys), new ApiAuthentication(AlwaysAsked: true, TokensOf(settings)));
        return services.AddSingleton<ApiPipeline>();
    }

    private static EntraTokens? TokensOf(FunctionsSettings settings) => settings.Entra is { } entra
        ? EntraTokens.Create(entra.Tenant, entra.Audiences, new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = MetadataTimeout }, TimeProvider.System)
        : null;
}
