using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.DataGeneration.TeacherEndpoints;
using SelfImprove.Models.Endpoints;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Tests.DataGeneration.TeacherEndpoints;

/// <summary>A service that deploys teachers: it outlives the process; each answers as the world's strong teacher does.</summary>
internal sealed class ScriptedTeacherHost : ITeacherHost
{
    private readonly ConcurrentDictionary<string, int> _looks = new();

    public ConcurrentDictionary<string, TeacherEndpoint> There { get; } = new();

    public ConcurrentQueue<string> Made { get; } = new();

    public ConcurrentQueue<string> Removed { get; } = new();

    /// <summary>What a look at an endpoint that comes up says, by its number (from 1); null: healthy.</summary>
    public Func<TeacherEndpoint, int, EndpointStatus?> Script { get; set; } = (_, look) => look < 3 ? EndpointStatus.Working("Creating") : null;

    public bool Has(string profile) => profile == "teachers";

    public Task<EndpointStatus> AdvanceAsync(TeacherEndpoint endpoint, string? operation, CancellationToken cancellationToken = default)
    {
        var status = Script(endpoint, _looks.AddOrUpdate(endpoint.Name, 1, (_, n) => n + 1)) ?? EndpointStatus.Healthy($"builtin:{SmallManifest.TeacherPath}");
        if (status.State != EndpointState.Failed && There.TryAdd(endpoint.Name, endpoint)) Made.Enqueue(endpoint.Name);
        return Task.FromResult(status);
    }

    public Task<EndpointStatus> RemoveAsync(TeacherEndpoint endpoint, string? operation, CancellationToken cancellationToken = default)
    {
        if (operation is null) return Task.FromResult(EndpointStatus.Working("Deleting", "delete"));
        _looks.TryRemove(endpoint.Name, out _);
        if (There.TryRemove(endpoint.Name, out _)) Removed.Enqueue(endpoint.Name);
        return Task.FromResult(EndpointStatus.Gone);
    }

    public void AddTo(IServiceCollection services) => services.AddSingleton<ITeacherHost>(this);
}
