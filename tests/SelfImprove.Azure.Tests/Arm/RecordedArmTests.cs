using System.Text.Json.Nodes;
using SelfImprove.Azure.Arm;

namespace SelfImprove.Azure.Tests.Arm;

/// <summary>The real service's recordings: the fake takes every request as the service took it, and the client reads every answer.</summary>
[Trait("Data", "reference")]
public sealed class RecordedArmTests
{
    private static readonly string[] Jobs = ["Jobs_CreateOrUpdate_CommandJob.json", "Jobs_CreateOrUpdate_FineTuningJob.json",
        "Jobs_CreateOrUpdate_DistillationJob.json"];

    [Fact]
    public async Task Recordings_EveryAnswer_IsReadByTheClient()
    {
        var exchanges = ReferenceRecordings.Recorded("machinelearningservices").Where(e =>
            e.Path.StartsWith("/subscriptions/", StringComparison.Ordinal)).ToList();
        exchanges.Count.ShouldBeGreaterThan(10);
        foreach (var exchange in exchanges) await ReadAsync(exchange);
    }

    private static async Task ReadAsync(RecordedExchange exchange)
    {
        var client = new ArmResources(new ArmSettings(), new FakeArmTokens(TimeProvider.System), TimeProvider.System, exchange.Replay());
        if (exchange.Path.Contains("mfeOperationsStatus", StringComparison.Ordinal))
        {
            var status = await client.PollAsync(new ArmOperation(ArmOperationKind.Status,
                $"https://management.azure.com{exchange.Path}?api-version={exchange.ApiVersion}"));
            status.Word.ShouldBe(exchange.Response!["status"]!.GetValue<string>());
            status.HasEnded.ShouldBe(status.Word == "Succeeded");
            return;
        }
        if (exchange.Status >= 400)
        {
            var failed = await Should.ThrowAsync<ArmException>(() => client.PutAsync(exchange.Path, exchange.ApiVersion, exchange.Request!));
            failed.Error.Code.ShouldBe(exchange.Response!["error"]!["code"]!.GetValue<string>());
            failed.Message.ShouldContain("Could not find member 'assetVersion' on object of type 'UriFolderJobOutput'.");
            return;
        }
        var action = exchange.Path[(exchange.Path.LastIndexOf('/') + 1)..];
        var reply = exchange.Method switch
        {
            "PUT" => await client.PutAsync(exchange.Path, exchange.ApiVersion, exchange.Request!),
            "GET" => await client.GetAsync(exchange.Path, exchange.ApiVersion),
            _ => await client.PostAsync(exchange.Path[..^(action.Length + 1)], action, exchange.ApiVersion),
        };
        reply!.Status.ShouldBe(exchange.Status);
        JsonNode.DeepEquals(JsonNode.Parse(reply.Body!.Value.GetRawText()), exchange.Response).ShouldBeTrue(exchange.ToString());
        reply.Operation?.Kind.ShouldBe(ArmOperationKind.Status, exchange.ToString());
        (reply.Operation is not null).ShouldBe(exchange.Headers.ContainsKey("Azure-AsyncOperation"), exchange.ToString());
    }

    [Fact]
    public async Task Recordings_EveryJobRequest_IsAnsweredByTheFakeAsByTheService()
    {
        var workspace = new FakeWorkspace();
        workspace.ApiVersions.AddRange(["2025-01-01-preview", "2024-01-01-preview"]);
        await using var arm = await FakeArm.StartAsync(null, workspace);
        var client = arm.Client();
        var exchanges = ReferenceRecordings.Recorded("machinelearningservices").Where(e => e.Path.Contains("/jobs/", StringComparison.Ordinal)).ToList();
        exchanges.Count.ShouldBe(4);
        foreach (var exchange in exchanges)
        {
            if (exchange.Status == 400)
            {
                var failed = await Should.ThrowAsync<ArmException>(() => client.PutAsync(exchange.Path, exchange.ApiVersion, exchange.Request!));
                failed.Error.Code.ShouldBe(exchange.Response!["error"]!["code"]!.GetValue<string>());
                failed.Error.Message.ShouldBe(exchange.Response["error"]!["message"]!.GetValue<string>());
                failed.Error.Details.Count.ShouldBe(exchange.Response["error"]!["details"]!.AsArray().Count);
                continue;
            }
            var reply = exchange.Method == "PUT" ? await client.PutAsync(exchange.Path, exchange.ApiVersion, exchange.Request!)
                : await client.GetAsync(exchange.Path, exchange.ApiVersion);
            reply!.Status.ShouldBe(exchange.Status, exchange.ToString());
            foreach (var path in (string[])["name", "type", "properties.status", "properties.jobType", "properties.outputs.default.uri",
                "properties.outputs.default.mode",
                "properties.resources.shmSize", "properties.queueSettings.jobTier", "properties.services.Studio.jobServiceType"])
                reply.Text(path).ShouldBe(TextAt(exchange.Response, path), $"{exchange}, {path}");
            reply.Operation.ShouldBeNull();
        }
    }

    [Fact]
    public async Task Examples_OfTheSpecification_AreTakenByTheFake()
    {
        await using var arm = await FakeArm.StartAsync(null, new FakeWorkspace());
        var client = arm.Client();
        foreach (var file in Jobs) await PutAsync(client, file, "jobs/" + Path.GetFileNameWithoutExtension(file));
        await PutAsync(client, "DataVersions_CreateOrUpdate_uri_file.json", "data/d/versions/1");
        await PutAsync(client, "ModelVersions_CreateOrUpdate.json", "models/m/versions/1");
    }

    private static async Task PutAsync(ArmResources client, string file, string path)
    {
        var (parameters, answers) = ReferenceRecordings.Example("machinelearningservices", $"2025-12-01/{file}");
        var body = parameters["body"]!.AsObject();
        (await client.PutAsync($"{FakeWorkspace.Id}/{path}", parameters["api-version"]!.GetValue<string>(), body)).Status.ShouldBe(201, file);
        (await client.PutAsync($"{FakeWorkspace.Id}/{path}", parameters["api-version"]!.GetValue<string>(), body)).Status.ShouldBe(200, file);
        answers.Keys.ShouldBe([200, 201], ignoreOrder: true);
    }

    private static string? TextAt(JsonNode? at, string path) => path.Split('.').Aggregate(at, (node, name) => node?[name])?.GetValue<string>();
}
