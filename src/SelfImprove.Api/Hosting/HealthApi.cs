using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace SelfImprove.Api.Hosting;

/// <summary>Whether the host is up.</summary>
public static class HealthApi
{
    private static readonly Ok<Health> Up = TypedResults.Ok(new Health("ok"));

    /// <summary><c>GET /healthz</c>.</summary>
    public static Ok<Health> Get() => Up;
}

/// <summary>The host's health.</summary>
/// <param name="Status"><c>ok</c>.</param>
public sealed record Health(string Status);
