using System.Text.Json.Nodes;
using SelfImprove.Azure.Tests.Arm;
using SelfImprove.Durable;
using SelfImprove.Runs;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Azure.Tests.Faults;

/// <summary>
/// Whole runs, from the request to the ending, whose job and deployment are Azure's and which meet its faults: after each, nothing is paid twice, the champion
/// answers, the reason says what to do, and nothing is left behind.
/// </summary>
public sealed class AzureRunTests(DriftedWorld origin) : IClassFixture<DriftedWorld>
{
    private const int Two = 2;

    [Fact]
    public async Task Run_NothingFails_PromotesWhatWasTrainedAndDeployed()
    {
        await using var run = await AzureRunWorld.StartAsync(origin, "calm");
        var outcome = await run.EndAsync();
        (outcome.Ending, outcome.Champion).ShouldBe((ImprovementEnding.Promoted, "v2"), outcome.Reason);
        run.Online.TrafficOf(AzureRunWorld.Endpoint).ShouldBe("desk-v2=100 | ");
        await run.CheckAsync(outcome, jobs: 1, hours: Two, deployments: 1);
    }
}
