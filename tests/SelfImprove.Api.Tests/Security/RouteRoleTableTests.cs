using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Api.Hosting;
using SelfImprove.Api.Security;
using SelfImprove.Api.Tests.Hosting;
using SelfImprove.Local.Hosting;

namespace SelfImprove.Api.Tests.Security;

/// <summary>The table of routes and roles, on the local host.</summary>
public sealed class RouteRoleTableTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("selfimprove-roles-").FullName;
    private readonly Dictionary<ApiRoles, string> _keys = [];
    private LocalHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await LocalHost.StartAsync(new LocalHostOptions { Folder = _folder, Urls = "http://127.0.0.1:0", LockStep = true, Quiet = true });
        await _host.Services.GetRequiredService<ManifestStore>().PutAsync(ApiHost.Manifest(RouteRoleTable.Agent));
        foreach (var role in new[] { ApiRoles.Ingest, ApiRoles.Operate, ApiRoles.Approve })
            _keys[role] = _host.Services.GetRequiredService<ApiKeyFile>().Add(role.ToString().ToLowerInvariant(), role);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Route_EveryCaller_GetsTheStatusOfTheTable()
    {
        using var http = new HttpClient { BaseAddress = new Uri(_host.Url + "/") };
        var wrong = new List<string>();
        foreach (var route in ApiRoutes.All)
        {
            foreach (var caller in RouteRoleTable.Callers)
            {
                using var message = new HttpRequestMessage(new HttpMethod(route.Method), RouteRoleTable.Address(route));
                if (RouteRoleTable.Body(route) is { } body) message.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
                if (RouteRoleTable.Authorization(caller, _keys) is { } given) message.Headers.TryAddWithoutValidation("Authorization", given);
                using var response = await http.SendAsync(message);
                var expected = RouteRoleTable.Expected(route.Name, caller);
                if (response.StatusCode != expected) wrong.Add($"{route.Name} by {caller}: {(int)response.StatusCode}, expected {(int)expected}");
            }
        }
        wrong.ShouldBeEmpty();
    }
}
