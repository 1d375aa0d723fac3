using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Api.Security;

namespace SelfImprove.Api.Hosting;

/// <summary>One address of the API, mapped alike by every host.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Pattern">The path, with parameters in braces.</param>
/// <param name="Roles">Roles of which a caller needs one; <see cref="ApiRoles.None"/> where it is open to all.</param>
/// <param name="Name">Its name, unique.</param>
/// <param name="Summary">What it does, in a sentence.</param>
/// <param name="Handler">A static method whose parameters come from route, query and services.</param>
/// <param name="Direct">Of a hot path: makes the same handler without binding and without a scope, once its services are known; null elsewhere.</param>
public sealed record ApiRoute(string Method, string Pattern, ApiRoles Roles, string Name, string Summary, Delegate Handler, Func<IServiceProvider, RequestDelegate>? Direct)
{
    /// <summary>What the body holds, for the API's description; null where there is none, or it is said in words.</summary>
    public Type? Body { get; init; }

    /// <summary>A route whose handler is bound by the framework.</summary>
    public static ApiRoute Of(string method, string pattern, ApiRoles roles, string name, string summary, Delegate handler) => new(method, pattern, roles, name, summary, handler, null);

    /// <summary>A hot route: no binding, no service scope.</summary>
    public static ApiRoute Hot<TService>(string method, string pattern, ApiRoles roles, string name, string summary, Func<HttpContext, TService, Task> handler) where TService : notnull =>
        new(method, pattern, roles, name, summary, handler, services =>
        {
            var service = services.GetRequiredService<TService>();
            return http => handler(http, service);
        });
}
