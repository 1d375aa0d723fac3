using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Api.Hosting;
using SelfImprove.Api.Security;
using SelfImprove.Functions.Engine;

namespace SelfImprove.Functions.Http;

/// <summary>
/// What a request passes in a function, as on every other host: the gate, then the route's handler. Functions' own keys play no part: all triggers are
/// anonymous, the gate authenticates.
/// </summary>
public sealed class ApiPipeline
{
    private readonly ApiGate _gate;
    private readonly DurableOrchestrationClient _client;
    private readonly FrozenDictionary<string, (ApiRoles Roles, RequestDelegate Handler)> _routes;

    /// <summary>Over the host's services.</summary>
    public ApiPipeline(ApiGate gate, DurableOrchestrationClient client, IServiceProvider services)
    {
        (_gate, _client) = (gate, client);
        _routes = ApiRoutes.All.ToFrozenDictionary(r => r.Name, r => (r.Roles, HandlerOf(r, services)));
    }

    /// <summary>Answers a request by the route of that name, whose response is then written.</summary>
    public async Task<IResult> AnswerAsync(HttpRequest request, string route, DurableTaskClient? client)
    {
        if (client is not null) _client.Use(client);
        var (roles, handler) = _routes[route];
        await _gate.InvokeAsync(request.HttpContext, roles, handler);
        return Results.Empty;
    }

    private static RequestDelegate HandlerOf(ApiRoute route, IServiceProvider services)
    {
        if (route.Direct is { } direct) return direct(services);
        var options = new RequestDelegateFactoryOptions
        {
            ServiceProvider = services,
            RouteParameterNames = RoutePatternFactory.Parse(route.Pattern).Parameters.Select(p => p.Name),
        };
        return RequestDelegateFactory.Create(route.Handler, options).RequestDelegate;
    }
}

/// <summary>What the functions of routes call.</summary>
internal static class ApiRequest
{
    /// <summary>Answers by the route of that name.</summary>
    /// <param name="request">The request.</param>
    /// <param name="route">The route's name.</param>
    /// <param name="client">The durable client, where the handler may need one.</param>
    public static Task<IResult> AnswerAsync(this HttpRequest request, string route, DurableTaskClient? client = null) =>
        request.HttpContext.RequestServices.GetRequiredService<ApiPipeline>().AnswerAsync(request, route, client);
}
