using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Api.Hosting;
using SelfImprove.Api.Security;
using SelfImprove.Api.Tests.Security;
using SelfImprove.Functions.Tests.Fakes;

namespace SelfImprove.Functions.Tests.Http;

/// <summary>The table of routes and roles, through the app's functions.</summary>
public sealed class RouteRoleTableTests
{
    [Fact]
    public async Task Route_EveryCaller_GetsTheStatusOfTheTable()
    {
        await using var app = await FunctionsApp.OpenAsync();
        await app.AddAgentAsync(RouteRoleTable.Agent);
        var wrong = new List<string>();
        foreach (var route in ApiRoutes.All)
        {
            foreach (var caller in RouteRoleTable.Callers)
            {
                var (status, _) = await app.SendAsync(route.Name, RouteRoleTable.Authorization(caller, app.Keys), RouteRoleTable.Body(route));
                var expected = (int)RouteRoleTable.Expected(route.Name, caller);
                if (status != expected) wrong.Add($"{route.Name} by {caller}: {status}, expected {expected}");
            }
        }
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task App_OnLoopbackWithoutAKey_LetsNobodyIn()
    {
        await using var app = await FunctionsApp.OpenAsync();

        var (status, body) = await app.SendAsync("ListAgents", null, null);

        status.ShouldBe(StatusCodes.Status401Unauthorized);
        body.ShouldContain("urn:selfimprove:problem:unauthenticated");
    }

    [Theory]
    [InlineData("operate", 200)]
    [InlineData("ingest", 403)]
    [InlineData("Operate", 403)]
    public async Task EntraToken_ByItsAppRole_IsLetInOrRefused(string role, int expected)
    {
        await using var app = await FunctionsApp.OpenAsync();

        (await app.SendAsync("ListAgents", "Bearer " + app.Tenant.Token(role), null)).Status.ShouldBe(expected);
    }
}
