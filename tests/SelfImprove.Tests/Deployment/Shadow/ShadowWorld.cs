using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Deployment;
using SelfImprove.Deployment.Shadow;
using SelfImprove.Models;
using SelfImprove.Runs;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Storage;
using SelfImprove.Testing;

namespace SelfImprove.Tests.Deployment.Shadow;

/// <summary>A <see cref="RolloutWorld"/> whose challenger is tested in the shadow first: versions that are right as often as a test says, and a teacher that always is.</summary>
internal sealed partial class ShadowWorld : IAsyncDisposable
{
    public static readonly string[] Labels = ["billing", "access", "travel"];

    public RolloutWorld World { get; private set; } = null!;

    public TestModels Models { get; } = new();

    /// <summary>How often a version is right.</summary>
    public Func<string, double> Right { get; set; } = _ => 0.8;

    /// <summary>What one answer of the challenger costs.</summary>
    public decimal AnswerUsd { get; set; }

    public static async Task<ShadowWorld> CreateAsync(
        Func<ShadowSettings, ShadowSettings>? shadow = null, Func<AgentManifest, AgentManifest>? manifest = null, Action<IServiceCollection>? configure = null)
    {
        var made = new ShadowWorld();
        var settings = new ShadowSettings { Requests = 100, MaxDuration = TimeSpan.FromHours(12) };
        made.World = await RolloutWorld.CreateAsync(
            rollout => rollout with { Shadow = shadow?.Invoke(settings) ?? settings },
            m => (manifest ?? (x => x))(m with { Teachers = [new TeacherSettings { Name = "teacher", Model = "test:teacher", Price = 0.01m }] }),
            services =>
            {
                services.AddSingleton<ModelCatalog>().AddSingleton<IModelSource>(made.Models);
                configure?.Invoke(services);
            });
        made.World.Rate = made.RightOf;
        made.World.Says = made.SaysTo;
        made.Models["two"] = request => new ModelAnswer { Output = made.SaysTo("v2", NumberOf(request)), CostUsd = made.AnswerUsd };
        made.Models["teacher"] = request => new ModelAnswer { Output = new AgentOutput(Truth(NumberOf(request))) };
        return made;
    }

    public static string Truth(int request) => Labels[request % Labels.Length];

    public static int NumberOf(ModelRequest request) => int.Parse(Number().Match(request.LastUserText).Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    public static RolloutInput InShadow(RolloutInput input) => input with { Shadows = true };

    public Task<RolloutOutput> RolloutAsync(Func<RolloutInput, RolloutInput>? change = null, bool proven = true) =>
        World.RolloutAsync(proven, input => InShadow(change?.Invoke(input) ?? input));

    /// <summary>Starts it and lets it look for a time.</summary>
    public async Task<string> BeginAsync(TimeSpan span, Func<RolloutInput, RolloutInput>? change = null)
    {
        var id = Rollout.InstanceId(RolloutWorld.Run, 1);
        await World.Harness.Client.StartAsync(Rollout.Ref, id, InShadow(change?.Invoke(RolloutWorld.Input()) ?? RolloutWorld.Input()));
        await World.Harness.RunUntilIdleAsync();
        for (var until = World.Harness.Now + span; World.Harness.Engine.NextTimer is { } due && due <= until;)
        {
            World.Harness.Clock.MoveTo(due);
            await World.Harness.RunUntilIdleAsync();
        }
        return id;
    }

    public Task CancelAsync(string id) => CancelAsync(World, id);

    public async Task<ShadowState> StateAsync() => (await World.Get<ShadowFile>().ReadAsync(RolloutWorld.Input(), default))!;

    public async Task<List<string>> KindsAsync() => [.. (await World.AuditAsync()).Select(e => e.Kind)];

    public async Task<decimal> SpentAsync() => await World.Spend.OfRunAsync(RolloutWorld.RunRef);

    public ValueTask DisposeAsync() => World.DisposeAsync();

    private static async Task CancelAsync(RolloutWorld world, string id)
    {
        await world.Get<FactBook>().RecordAsync(RolloutWorld.Run, RunGuard.CancelGate, 0, new Cancellation("ada", null, world.Harness.Now));
        await world.Harness.Client.RaiseEventAsync(id, Rollout.CancelEvent, "");
    }

    private double RightOf(string version) => Right(version);

    // The same answer to the same request, whoever asks and whenever.
    private AgentOutput SaysTo(string version, int request)
    {
        var isRight = new SeededRandom($"{version}/{request}").NextDouble() < Right(version);
        return new AgentOutput(Labels[(request + (isRight ? 0 : 1)) % Labels.Length]);
    }

    [GeneratedRegex("request i([0-9]+)")]
    private static partial Regex Number();
}
