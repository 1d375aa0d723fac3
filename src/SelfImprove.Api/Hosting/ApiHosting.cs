using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Api.Gateway;
using SelfImprove.Api.Improvements;
using SelfImprove.Api.Security;
using SelfImprove.Orchestration;

namespace SelfImprove.Api.Hosting;

/// <summary>What a host calls to serve the API.</summary>
public static class ApiHosting
{
    /// <summary>Adds the API's services; the product's own, the store and the engine are the host's to add.</summary>
    /// <param name="services">The services.</param>
    /// <param name="keyFile">Where the hashes of API keys are kept.</param>
    public static IServiceCollection AddSelfImproveApi(this IServiceCollection services, string keyFile)
    {
        var keys = new ApiKeyFile(keyFile, TimeProvider.System);
        return services.AddSingleton(keys).AddSelfImproveApi(keys);
    }

    /// <summary>Adds the API's services; the product's own, the store and the engine are the host's to add.</summary>
    /// <param name="services">The services.</param>
    /// <param name="keys">The API keys.</param>
    /// <param name="authentication">How else callers are told; where null, by keys alone, where there are any.</param>
    public static IServiceCollection AddSelfImproveApi(this IServiceCollection services, IApiKeys keys, ApiAuthentication? authentication = null)
    {
        services.AddSingleton(keys).AddSingleton(authentication ?? new ApiAuthentication());
        services.AddSingleton<ApiGate>().AddSingleton<AgentGateway>().AddSingleton<RunReader>();
        return services.ConfigureHttpJsonOptions(options =>
        {
            var (to, from) = (options.SerializerOptions, SeamJson.Options);
            (to.DefaultIgnoreCondition, to.Encoder, to.PropertyNamingPolicy) = (from.DefaultIgnoreCondition, from.Encoder, from.PropertyNamingPolicy);
            foreach (var converter in from.Converters) to.Converters.Add(converter);
        });
    }

    /// <summary>Puts the gate before every endpoint. After routing, before the endpoints.</summary>
    public static IApplicationBuilder UseSelfImprove(this IApplicationBuilder app)
    {
        var gate = app.ApplicationServices.GetRequiredService<ApiGate>();
        return app.Use(next => http => gate.InvokeAsync(http, http.GetEndpoint()?.Metadata.GetMetadata<ApiAccess>()?.Roles, next));
    }

    /// <summary>Maps every address of <see cref="ApiRoutes"/>.</summary>
    public static void MapSelfImprove(this IEndpointRouteBuilder endpoints)
    {
        foreach (var route in ApiRoutes.All)
        {
            var methods = new[] { route.Method };
            IEndpointConventionBuilder mapped = route.Direct is { } direct
                ? endpoints.MapMethods(route.Pattern, methods, direct(endpoints.ServiceProvider)).WithMetadata(route.Handler.Method)
                : endpoints.MapMethods(route.Pattern, methods, route.Handler);
            mapped.WithMetadata(new ApiAccess(route.Roles), route).WithName(route.Name).WithSummary(route.Summary);
        }
    }
}

/// <summary>Who may call an endpoint.</summary>
/// <param name="Roles">Roles of which a caller needs one.</param>
public sealed record ApiAccess(ApiRoles Roles);
