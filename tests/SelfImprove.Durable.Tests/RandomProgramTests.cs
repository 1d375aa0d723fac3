using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using SelfImprove.Orchestration;
using SelfImprove.Testing;
using static SelfImprove.Testing.OrchestrationScript;

namespace SelfImprove.Durable.Tests;

/// <summary>Random programs of activities, timers, events and children give the same result with crashes at random commits as without.</summary>
public sealed class RandomProgramTests
{
    public sealed record Node(string Kind, Node[] Parts);

    private sealed record Job(Node Program, string Path);

    [Fact]
    public void Run_WithRandomCrashes_GivesTheSameResult()
    {
        var crashes = Gen.Choose(0, 13).ListOf().Select(gaps => gaps.Take(6).ToArray());
        var property = Prop.ForAll(Arb.From(Programs(3)), Arb.From(crashes), (program, gaps) =>
            RunAsync(program, []).GetAwaiter().GetResult() == RunAsync(program, gaps).GetAwaiter().GetResult());
        Check.One(Properties.Checked.WithMaxTest(60), property);
    }

    private static Gen<Node> Programs(int depth)
    {
        var leaf = Gen.Elements("act", "flaky", "fail", "sleep", "wait", "race").Select(kind => new Node(kind, []));
        if (depth == 0)
            return leaf;
        var inner = from kind in Gen.Elements("seq", "par", "child")
                    from count in Gen.Choose(1, 3)
                    from parts in Programs(depth - 1).ListOf(count)
                    select new Node(kind, [.. parts]);
        return Gen.Frequency((1, leaf), (3, inner));
    }

    private static async Task<string> RunAsync(Node program, int[] crashGaps)
    {
        var outside = new Outside();
        var script = new OrchestrationScript { Main = outside.MainAsync, Work = outside.WorkAsync, Other = outside.FlakyAsync };
        await using var harness = await DurableHarness.OpenAsync(script);
        var gaps = new Queue<int>(crashGaps);
        ScheduleCrash(harness, gaps);
        while (true)
        {
            try
            {
                if (await DriveAsync(harness, outside, program) is { } result)
                    return $"{result} effects: {string.Join(',', outside.Effects.Order())}";
            }
            catch (SimulatedCrashException)
            {
                await harness.ReopenAsync();
                ScheduleCrash(harness, gaps);
            }
        }
    }

    private static void ScheduleCrash(DurableHarness harness, Queue<int> gaps)
    {
        if (gaps.TryDequeue(out var gap))
            harness.CrashAt(harness.Commits + 1 + (gap / 2), gap % 2 == 0 ? CommitPhase.Before : CommitPhase.After);
    }

    private static async Task<string?> DriveAsync(DurableHarness harness, Outside outside, Node program)
    {
        await harness.Client.StartAsync(MainRef, "root", JsonSerializer.Serialize(new Job(program, ""), SeamJson.Options));
        await harness.RunUntilIdleAsync();
        foreach (var (instance, name) in outside.Announced.Except(outside.Raised).Order().ToList())
        {
            await harness.Client.RaiseEventAsync(instance, name, name);
            outside.Raised.Add((instance, name));
            return null;
        }
        var state = (await harness.Client.GetAsync("root"))!;
        if (state.HasEnded)
            return state.Output ?? state.Failure!.Message;
        harness.Clock.MoveTo(harness.Engine.NextTimer ?? throw new InvalidOperationException($"'root' hangs: {state}"));
        return null;
    }

    /// <summary>The world that does not crash with the engine.</summary>
    private sealed class Outside
    {
        private readonly Lock _gate = new();
        private readonly HashSet<string> _flaked = [];

        public HashSet<(string Instance, string Name)> Announced { get; } = [];
        public HashSet<(string Instance, string Name)> Raised { get; } = [];
        public HashSet<string> Effects { get; } = [];

        public async Task<string> MainAsync(OrchestrationContext context, string input)
        {
            var job = JsonSerializer.Deserialize<Job>(input, SeamJson.Options)!;
            return await RunAsync(context, job.Program, job.Path);
        }

        public Task<string> WorkAsync(ActivityContext context, string input, CancellationToken cancellationToken)
        {
            lock (_gate)
            {
                if (input.StartsWith('!'))
                    throw new FormatException(input);
                if (input.StartsWith('?'))
                    Announced.Add((context.InstanceId, input));
                Effects.Add(context.Key);
            }
            return Task.FromResult(input);
        }

        public Task<string> FlakyAsync(ActivityContext context, string input, CancellationToken cancellationToken)
        {
            lock (_gate)
                return _flaked.Add(context.Key) ? throw new TransientException("first time") : Task.FromResult($"flaky{input}");
        }

        private static async Task<string> RunAsync(OrchestrationContext context, Node node, string path)
        {
            switch (node.Kind)
            {
                case "act":
                    return await context.CallAsync(WorkRef, path);
                case "flaky":
                    return await context.CallAsync(OtherRef, path);
                case "fail":
                    try
                    {
                        return await context.CallAsync(WorkRef, $"!{path}");
                    }
                    catch (OrchestrationFailureException e)
                    {
                        return e.Failure.Message;
                    }
                case "sleep":
                    await context.SleepUntilAsync(context.Now.AddMinutes(10 + path.Length));
                    return "z";
                case "wait":
                    await context.CallAsync(WorkRef, $"?{path}");
                    return await context.EventAsync<string>($"?{path}");
                case "race":
                    return (await context.EventOrUntilAsync("never", context.Now.AddMinutes(5))).ToString();
                case "seq":
                    var results = new List<string>();
                    for (var i = 0; i < node.Parts.Length; i++)
                        results.Add(await RunAsync(context, node.Parts[i], $"{path}.{i}"));
                    return $"({string.Join(' ', results)})";
                case "par":
                    return $"[{string.Join(' ', await Task.WhenAll(node.Parts.Select((part, i) => RunAsync(context, part, $"{path}.{i}"))))}]";
                default:
                    return await context.CallAsync(MainRef, JsonSerializer.Serialize(new Job(node.Parts[0], $"{path}c"), SeamJson.Options));
            }
        }
    }
}
