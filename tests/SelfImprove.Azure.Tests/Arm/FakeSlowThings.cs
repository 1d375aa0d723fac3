using System.Text.Json.Nodes;

namespace SelfImprove.Azure.Tests.Arm;

/// <summary>A resource type that takes its time, to test the client's long-running operations: PUT by Azure-AsyncOperation, DELETE by Location.</summary>
public sealed class FakeSlowThings : IFakeArmModule
{
    private const string Pattern = "/subscriptions/{s}/resourceGroups/{g}/providers/Fake.Things/things/{name}";

    /// <summary>What an operation fails with; it succeeds where null.</summary>
    public JsonObject? Error { get; set; }

    /// <summary>An address elsewhere, in place of the operation's own.</summary>
    public string? ForeignOperation { get; set; }

    public static string IdOf(string name) => $"/subscriptions/{FakeWorkspace.Subscription}/resourceGroups/g/providers/Fake.Things/things/{name}";

    public void Map(FakeArmRoutes routes)
    {
        var arm = routes.Arm;
        string[] versions = ["2025-12-01"];
        routes.Map("PUT", Pattern, versions, request =>
        {
            var thing = request.CopyOfBody();
            thing["id"] = request.Path;
            thing["properties"]!["provisioningState"] = "Creating";
            arm.Resources[request.Path] = thing;
            var operation = ForeignOperation ?? arm.Operations.Begin("Fake.Things", request.Values["s"], request.ApiVersion!, () =>
            {
                thing["properties"]!["provisioningState"] = Error is null ? "Succeeded" : "Failed";
                return Error;
            });
            return new FakeArmAnswer(201, thing.DeepClone()) { AsyncOperation = operation, Location = $"{request.Path}?api-version={request.ApiVersion}" };
        }, "location", "properties");
        routes.Map("GET", Pattern, versions, request => arm.Resources.TryGetValue(request.Path, out var thing) ? new FakeArmAnswer(200, thing.DeepClone())
            : FakeArmAnswer.NotFound(request.Path));
        var looks = 0;
        routes.Map("DELETE", Pattern, versions, request => arm.Resources.TryRemove(request.Path, out _)
            ? new FakeArmAnswer(202) { Location = $"/subscriptions/{request.Values["s"]}/providers/Fake.Things/operationResults/1?api-version={request.ApiVersion}", RetryAfter = 7 }
            : FakeArmAnswer.NotFound(request.Path));
        routes.Map("GET", "/subscriptions/{s}/providers/Fake.Things/operationResults/1", versions, _ => new FakeArmAnswer(looks++ == 0 ? 202 : 204));
    }
}
