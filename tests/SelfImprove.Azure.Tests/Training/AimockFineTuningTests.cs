using SelfImprove.Testing.Node;
using SelfImprove.Training;

namespace SelfImprove.Azure.Tests.Training;

/// <summary>The target <c>openai</c> against a server that others wrote: @copilotkit/aimock from npm.</summary>
public sealed class AimockFineTuningTests
{
    [Theory]
    [InlineData("sft")]
    [InlineData("dpo")]
    public async Task Train_OnAimock_EndsWithAModelAndIsMadeOnce(string format)
    {
        var port = NodeProcess.FreePort();
        var fixtures = await NodePackages.FileAsync("@copilotkit/aimock/fixtures/example-greeting.json");
        await using var server = NodeProcess.Start(await NodePackages.FileAsync("@copilotkit/aimock/dist/cli.js"),
            ["--port", $"{port}", "--fixtures", fixtures]);
        await server.ListensAsync(port);
        await using var world = await ServiceWorld.CreateAsync(new Uri($"http://127.0.0.1:{port}/v1/"), auth: "bearer", metadata: true,
            baseModel: "gpt-4.1-mini-2025-04-14");

        var id = await world.SubmitAsync(job: ServiceWorld.Job(format));
        (await world.SubmitAsync(job: ServiceWorld.Job(format))).ShouldBe(id);

        var states = new List<TrainingState>();
        TrainingStatus status;
        do
        {
            status = await world.Trainer.GetAsync(id);
            states.Add(status.State);
        }
        while (!status.HasEnded && states.Count < 10);
        states.ShouldBe([TrainingState.Queued, TrainingState.Running, TrainingState.Succeeded]);
        status.Model!.ShouldStartWith("openai:main/ft:gpt-4.1-mini-2025-04-14:aimock:desk-");
        using var http = new HttpClient();
        var jobs = System.Text.Json.Nodes.JsonNode.Parse(await http.GetStringAsync($"http://127.0.0.1:{port}/v1/fine_tuning/jobs"))!["data"]!.AsArray();
        jobs.ShouldHaveSingleItem()!["method"]!["type"]!.GetValue<string>().ShouldBe(format == "dpo" ? "dpo" : "supervised");
    }

    [Fact]
    public async Task Cancel_OnAimock_EndsCanceled()
    {
        var port = NodeProcess.FreePort();
        var fixtures = await NodePackages.FileAsync("@copilotkit/aimock/fixtures/example-greeting.json");
        await using var server = NodeProcess.Start(await NodePackages.FileAsync("@copilotkit/aimock/dist/cli.js"),
            ["--port", $"{port}", "--fixtures", fixtures]);
        await server.ListensAsync(port);
        await using var world = await ServiceWorld.CreateAsync(new Uri($"http://127.0.0.1:{port}/v1/"), auth: "bearer", metadata: true);
        var id = await world.SubmitAsync();
        await world.Trainer.CancelAsync(id);
        await world.Trainer.CancelAsync(id);
        (await world.Trainer.GetAsync(id)).State.ShouldBe(TrainingState.Canceled);
    }
}
