using System.Text;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Log;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing.Loop;
using Xunit.Abstractions;

namespace SelfImprove.Azure.Tests.Faults;

/// <summary>
/// A whole run on more than 100,000 rows: most are what the champion learnt from, 40,000 are requests that people corrected. The runtime reads, splits, filters, writes
/// and uploads them for the job, and what crosses the engine stays small.
/// </summary>
public sealed class LargeRunTests(DriftedWorld origin, ITestOutputHelper output) : IClassFixture<DriftedWorld>
{
    private const int Rows = 100_000, Corrections = 40_000, AtOnce = 2_000;

    [Fact]
    public async Task Run_DatasetOfAHundredThousandRows_SendsSmallMessagesOnly()
    {
        await using var run = await AzureRunWorld.StartAsync(origin, "large", m => m with
        {
            Data = m.Data with { MaxSourceShare = 1 }, Evaluation = m.Evaluation with { ValidationShare = 0.05 },
        });
        // Some of the corrections go to validation. What the champion learnt from makes up the rest.
        await AppendParentRowsAsync(run.World, Rows - Corrections + 5_000);
        await CorrectAsync(run.World, Corrections);

        var outcome = await run.EndAsync();

        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        var card = (await run.World.ReadAsync<DatasetCard>($"dataset-{outcome.Rounds}.card.json"))!;
        output.WriteLine($"{card.Rows} rows, {card.NewRows} of them new; refused: {string.Join(", ", card.Filtered.Select(f => $"{f.Value} {f.Key}"))}.");
        card.Rows.ShouldBeGreaterThan(Rows);
        card.NewRows.ShouldBeGreaterThan(Corrections * 9 / 10);
        var (largest, bytes, instances) = await run.World.LargestMessageAsync();
        output.WriteLine($"The largest message of {instances} histories: {bytes} bytes ({largest}).");
        bytes.ShouldBeLessThan(SeamPayload.MaxBytes, largest);
        bytes.ShouldBeLessThan(8 * 1024, $"{largest}: it grows with the data?");
        (run.Workspace.Made.Count, run.Online.Made.Count).ShouldBe((1, 1));
        (await run.World.TroubleAfterAsync()).ShouldBeNull();
    }

    private static async Task AppendParentRowsAsync(ImprovementWorld world, int count)
    {
        var store = world.Get<IObjectStore>();
        var path = (await world.Get<VersionStore>().GetAsync(ImprovementWorld.Agent, "v1"))!.Dataset!;
        var text = new StringBuilder(Encoding.UTF8.GetString((await store.ReadAsync(path))!.Bytes.Span));
        for (var i = 0; i < count; i++)
        {
            var label = world.Known[i % world.Known.Count];
            text.Append(SftFormat.Write(new DatasetRow([ChatMessage.User(world.Task.Say(label))], new AgentOutput(label), []))).Append('\n');
        }
        await store.WriteAsync(path, Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static async Task CorrectAsync(ImprovementWorld world, int count)
    {
        var log = world.Get<EventLog>();
        for (var done = 0; done < count; done += AtOnce)
        {
            var appends = new List<Task>();
            for (var i = done; i < done + AtOnce && i < count; i++)
            {
                var (id, now) = ($"c-{i:000000}", world.Clock.GetUtcNow());
                var label = world.Task.Classes[i % world.Task.Classes.Count];
                var text = world.Task.Say(label);
                world.Know(text, label);
                appends.Add(log.AppendAsync(ImprovementWorld.Agent, new Interaction
                {
                    Id = id, Agent = ImprovementWorld.Agent, Time = now, Version = "v1", Key = $"user-{i % 400}", Input = [ChatMessage.User(text)], Output = new AgentOutput(world.Known[0]),
                }));
                appends.Add(log.AppendAsync(ImprovementWorld.Agent, new Feedback
                {
                    Id = $"d-{id}", Agent = ImprovementWorld.Agent, Time = now, Interaction = id, Metric = "demonstration",
                    Source = new FeedbackSource(SourceKind.Human, $"user-{i % 400}"), Demonstration = new AgentOutput(label),
                }));
            }
            await Task.WhenAll(appends);
            world.Clock.Advance(TimeSpan.FromSeconds(30));
        }
    }
}
