using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Deployment.Targets;
using SelfImprove.Models.Endpoints;

namespace SelfImprove.Tests.Deployment.Targets;

/// <summary>A deployment service as far as the runtime can see: it outlives the process, takes as many looks as a test says, and remembers what it was asked for.</summary>
internal sealed class ScriptedTarget : IDeploymentTarget
{
    private readonly ConcurrentDictionary<string, int> _looks = new();

    public const string TargetKind = "scripted";

    public string Kind => TargetKind;

    /// <summary>What is there now, by version.</summary>
    public ConcurrentDictionary<string, DeploymentOrder> There { get; } = new();

    /// <summary>Versions in the order in which they were made.</summary>
    public ConcurrentQueue<string> Made { get; } = new();

    public ConcurrentQueue<(string Version, TrafficWish Wish)> Traffic { get; } = new();

    /// <summary>When each look at a version that comes up was.</summary>
    public ConcurrentQueue<(string Version, string? Operation)> Looks { get; } = new();

    /// <summary>What a look at a version that comes up says, by its number (from 1); null: healthy. It may throw.</summary>
    public Func<string, int, EndpointStatus?> Script { get; set; } = (_, look) => look < 3 ? EndpointStatus.Working("Creating", $"op-{look}") : null;

    /// <summary>What writing traffic says, by the number of the call; null: done.</summary>
    public Func<int, EndpointStatus?> TrafficScript { get; set; } = _ => null;

    /// <summary>Looks that a removal takes.</summary>
    public int RemovalLooks { get; set; } = 1;

    public string? Refusal(string? profile) => profile is null or "gpu" ? null : $"No profile {profile}.";

    public Task<EndpointStatus> AdvanceAsync(DeploymentOrder order, string? operation, CancellationToken cancellationToken = default)
    {
        Looks.Enqueue((order.Version, operation));
        if (There.TryAdd(order.Version, order)) Made.Enqueue(order.Version);
        var look = _looks.AddOrUpdate(order.Version, 1, (_, n) => n + 1);
        return Task.FromResult(Script(order.Version, look) ?? EndpointStatus.Healthy(order.Model));
    }

    public Task<EndpointStatus> WriteTrafficAsync(DeploymentOrder order, TrafficWish wish, string? operation, CancellationToken cancellationToken = default)
    {
        Traffic.Enqueue((order.Version, wish));
        return Task.FromResult(TrafficScript(Traffic.Count) ?? EndpointStatus.Healthy());
    }

    public Task<EndpointStatus> RemoveAsync(DeploymentOrder order, string? operation, CancellationToken cancellationToken = default)
    {
        var left = operation is null ? RemovalLooks : int.Parse(operation) - 1;
        if (left > 0) return Task.FromResult(EndpointStatus.Working("Deleting", $"{left}"));
        There.TryRemove(order.Version, out _);
        _looks.TryRemove(order.Version, out _);
        return Task.FromResult(EndpointStatus.Gone);
    }

    public void AddTo(IServiceCollection services) => services.AddSingleton<IDeploymentTarget>(this);
}
