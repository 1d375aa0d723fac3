using SelfImprove.Orchestration;
using SelfImprove.Testing;
using static SelfImprove.Testing.OrchestrationScript;

namespace SelfImprove.Durable.Tests;

/// <summary>The process dies before and after every single commit of a run that uses everything; the outcome is the same, and no effect happens twice.</summary>
public sealed class CrashMatrixTests
{
    private readonly Dictionary<string, int> _effects = [];
    private readonly HashSet<string> _flaked = [];
    private int _executions;

    [Fact]
    public async Task Crash_AtEveryCommit_SameOutcomeAndEffectsOnce()
    {
        var script = CreateScript();
        await using var calm = await DurableHarness.OpenAsync(script);
        var expected = await DriveAsync(calm);
        var commits = calm.Commits;
        var (effects, executions) = (_effects.Keys.Order().ToList(), _executions);
        expected.ShouldBe("start:in|a0,a1,c2|True|flaky-ok|1h|restarted:yes");
        commits.ShouldBeGreaterThanOrEqualTo(10);
        for (long commit = 1; commit <= commits; commit++)
        {
            foreach (var phase in new[] { CommitPhase.Before, CommitPhase.After })
            {
                Forget();
                await using var harness = await DurableHarness.OpenAsync(script);
                harness.CrashAt(commit, phase);
                var crashes = 0;
                string? outcome = null;
                while (outcome is null)
                {
                    try
                    {
                        outcome = await DriveAsync(harness);
                    }
                    catch (SimulatedCrashException)
                    {
                        crashes++;
                        await harness.ReopenAsync();
                    }
                }
                var where = $"{phase} commit {commit}";
                crashes.ShouldBe(1, where);
                outcome.ShouldBe(expected, where);
                _effects.Keys.ShouldBe(effects, ignoreOrder: true, where);
                _effects.Values.ShouldAllBe(count => count == 1, where);
                _executions.ShouldBeLessThanOrEqualTo(executions + 3, where); // at most the calls of one wave are repeated
            }
        }
    }

    private void Forget()
    {
        _effects.Clear();
        _flaked.Clear();
        _executions = 0;
    }

    // Whoever drives tries again after a crash, as a client would: starting twice and nudging twice must not matter.
    private static async Task<string> DriveAsync(DurableHarness harness)
    {
        await harness.Client.StartAsync(MainRef, "i", "start:in");
        await harness.RunUntilIdleAsync();
        await harness.Client.RaiseEventAsync("i", "gate-1", "yes");
        await harness.Client.RaiseEventAsync("i", "gate-2", "yes");
        var state = await harness.RunToEndAsync("i");
        state.Status.ShouldBe(OrchestrationStatus.Completed, state.Failure?.Message);
        return state.OutputAs<string>()!;
    }

    private OrchestrationScript CreateScript() => new()
    {
        Main = async (context, input) =>
        {
            if (input.EndsWith("1h", StringComparison.Ordinal))
                return $"{input}|restarted:{await context.EventAsync<string>("gate-2")}";
            var parts = await Task.WhenAll(context.CallAsync(WorkRef, "a0"), context.CallAsync(WorkRef, "a1"), context.CallAsync(ChildRef, "c2", "i/child"));
            var came = await context.EventOrUntilAsync("gate-1", context.Now.AddDays(1));
            var flaky = await context.CallAsync(OtherRef, "flaky");
            context.SetStatus($"after {flaky}");
            await context.SleepUntilAsync(context.Now.AddHours(1));
            context.ContinueAsNew($"{input}|{string.Join(',', parts)}|{came}|{flaky}|1h");
            return "";
        },
        Child = (context, input) => context.CallAsync(WorkRef, input),
        Work = (context, input, _) => Task.FromResult(Once(context.Key, input)),
        Other = (context, _, _) => _flaked.Add(context.Key) ? throw new TransientException("first time") : Task.FromResult(Once(context.Key, "flaky-ok")),
    };

    // The idempotent activity: claims its key, acts, and on a repetition finds its receipt.
    private string Once(string key, string result)
    {
        lock (_effects)
        {
            _executions++;
            _effects.TryAdd(key, 0);
            if (_effects[key] == 0)
                _effects[key]++;
        }
        return result;
    }
}
