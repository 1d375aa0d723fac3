using System.Text.Json;
using SelfImprove.Api.Improvements;
using SelfImprove.Api.Tests.Hosting;
using SelfImprove.Deployment;
using SelfImprove.Deployment.Shadow;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Runs.Approvals;
using SelfImprove.Storage;

namespace SelfImprove.Api.Tests.Improvements;

/// <summary>Which stage a run is shown in, by what its instances say of themselves.</summary>
public sealed class RunStageTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Run = "staged-0001";

    [Fact]
    public async Task Get_RolloutInTheShadow_IsShownAsThatWithItsCounts()
    {
        var reading = new ShadowReading(ShadowDecision.KeepWaiting, "no harm yet", 40, 200, "the critic", 38, 3, 5, -0.05, -0.3, 0.2, 0, 1, 0, 2, 0.4m);
        var view = await ReadAsync(new ShadowLook(ShadowStep.Wait, reading));

        view.Stage.ShouldBe("shadow");
        var shown = view.StageStatus!.Value.GetProperty("reading");
        (shown.GetProperty("pairs").GetInt32(), shown.GetProperty("wanted").GetInt32(), shown.GetProperty("challengerErrors").GetInt32()).ShouldBe((40, 200, 1));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("""{"step":"wait","share":0.5}""")]
    public async Task Get_RolloutInItsTest_IsShownAsRollout(string? status) =>
        (await ReadAsync(status is null ? null : JsonSerializer.Deserialize<JsonElement>(status))).Stage.ShouldBe("rollout");

    private async Task<RunView> ReadAsync(object? status)
    {
        var text = status is null ? null : JsonSerializer.Serialize(status, SeamJson.Options);
        var reader = new RunReader(
            host.Get<IObjectStore>(), host.Get<JsonDocuments>(), new Engine(text), host.Get<RunRegister>(), host.Get<ApprovalService>(), host.Get<SpendBook>());
        return (await reader.GetAsync(Run)).ShouldNotBeNull();
    }

    /// <summary>An engine with one run, whose rollout is under way.</summary>
    private sealed class Engine(string? status) : IOrchestrationClient
    {
        private readonly OrchestrationState[] _states = [Running(Run, nameof(ImprovementLoop), null), Running(Rollout.InstanceId(Run, 1), nameof(Rollout), status)];

        public Task<OrchestrationState?> GetAsync(string instanceId, CancellationToken cancellationToken = default) =>
            Task.FromResult(_states.FirstOrDefault(s => s.InstanceId == instanceId));

        public async IAsyncEnumerable<OrchestrationState> ListAsync(
            string idPrefix = "", [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            foreach (var state in _states.Where(s => s.InstanceId.StartsWith(idPrefix, StringComparison.Ordinal))) yield return state;
        }

        public Task<bool> StartAsync<TIn, TOut>(OrchestratorRef<TIn, TOut> orchestrator, string instanceId, TIn input, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task RaiseEventAsync<T>(string instanceId, string name, T payload, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<OrchestrationState> WaitAsync(string instanceId, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task TerminateAsync(string instanceId, string reason, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<int> PurgeAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        private static OrchestrationState Running(string id, string orchestrator, string? status) =>
            new(id, orchestrator, OrchestrationStatus.Running, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, null, null, status, null);
    }
}
