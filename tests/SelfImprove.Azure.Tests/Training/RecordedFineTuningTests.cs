using System.Text.Json.Nodes;
using SelfImprove.Azure.Tests.Arm;
using SelfImprove.Training;

namespace SelfImprove.Azure.Tests.Training;

/// <summary>Recordings and examples of OpenAI's and Azure OpenAI's fine-tuning: every job is understood, and our request has no member that they
/// lack.</summary>
[Trait("Data", "reference")]
public sealed class RecordedFineTuningTests
{
    private static IEnumerable<JsonObject> RecordedJobs()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(ReferenceRecordings.Folder, "openai", "recorded"), "FineTuning*.json"))
        {
            foreach (var entry in JsonNode.Parse(File.ReadAllText(file))!["Entries"]!.AsArray())
            {
                var body = entry!["ResponseBody"] as JsonObject;
                if ((string?)body?["object"] == "fine_tuning.job") yield return body;
                foreach (var item in body?["data"] as JsonArray ?? [])
                    if ((string?)item!["object"] == "fine_tuning.job") yield return item.AsObject();
            }
        }
        foreach (var file in Directory.EnumerateFiles(Path.Combine(ReferenceRecordings.Folder, "openai"),
            "FineTuningJob_*.json")) yield return JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        foreach (var name in (string[])["get_finetuning_job.json", "post_finetuning_job.json"])
            foreach (var (_, answer) in JsonNode.Parse(File.ReadAllText(Path.Combine(ReferenceRecordings.Folder, "azureopenai-2024-10-21",
                name)))!["responses"]!.AsObject())
                yield return answer!["body"]!.AsObject();
    }

    [Fact]
    public async Task Jobs_AsRecorded_AreUnderstood()
    {
        await using var service = await FakeFineTuning.StartAsync();
        await using var world = await ServiceWorld.CreateAsync(service.Url);
        var id = await world.SubmitAsync();
        var seen = new Dictionary<string, int>();
        foreach (var job in RecordedJobs())
        {
            var word = (string)job["status"]!;
            seen[word] = seen.GetValueOrDefault(word) + 1;
            service.JobExtra = (JsonObject)job.DeepClone();
            var status = await world.Trainer.GetAsync(id);
            status.State.ShouldBe(word switch
            {
                "succeeded" => TrainingState.Succeeded,
                "failed" => TrainingState.Failed,
                "cancelled" => TrainingState.Canceled,
                _ => TrainingState.Queued,
            }, word);
            if (word == "succeeded") status.Model.ShouldBe($"openai:main/{job["fine_tuned_model"]}");
        }
        seen.Keys.ShouldBe(["validating_files", "cancelled", "failed", "succeeded", "queued", "pending"], ignoreOrder: true);
    }

    [Fact]
    public async Task Request_HasOnlyMembersThatTheRecordedOnesHave()
    {
        await using var service = await FakeFineTuning.StartAsync();
        await using var world = await ServiceWorld.CreateAsync(service.Url, metadata: true);
        await world.SubmitAsync();
        var recorded = JsonNode.Parse(File.ReadAllText(Path.Combine(ReferenceRecordings.Folder, "openai", "recorded",
            "FineTuningClientTests_AllParameters.json")))!["Entries"]!.AsArray()
            .Select(e => e!["RequestBody"]).OfType<JsonObject>().Single(b => b.ContainsKey("suffix"));
        var ours = service.Jobs.Single().Select(m => m.Key).Except(["id", "created_at", "metadata"]);
        ours.Except(recorded.Select(m => m.Key)).ShouldBeEmpty();
        ((JsonObject)service.Jobs.Single()["method"]!).Select(m => m.Key).ShouldBe(((JsonObject)recorded["method"]!).Select(m => m.Key));
    }

    [Theory]
    [InlineData("FineTuningClientTests_ExceptionThrownOnInvalidFileName.json", "invalid training_file: Invalid File Name")]
    [InlineData("FineTuningClientTests_ExceptionThrownOnInvalidModelName.json",
        "model_not_available: Model gpt-nonexistent is not available for fine-tuning or does not exist.")]
    public async Task Refusals_AsRecorded_AreTold(string file, string message)
    {
        await using var service = await FakeFineTuning.StartAsync();
        await using var world = await ServiceWorld.CreateAsync(service.Url);
        var entry = JsonNode.Parse(File.ReadAllText(Path.Combine(ReferenceRecordings.Folder, "openai", "recorded", file)))!["Entries"]!.AsArray()[0]!;
        service.Fail("POST fine_tuning", entry["StatusCode"]!.GetValue<int>(), entry["ResponseBody"]!.ToJsonString());
        (await Should.ThrowAsync<TrainingRefusedException>(() => world.SubmitAsync())).Message.ShouldContain(message);
    }
}
