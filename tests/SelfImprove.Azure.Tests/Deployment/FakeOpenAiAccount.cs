using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using SelfImprove.Azure.Tests.Arm;

namespace SelfImprove.Azure.Tests.Deployment;

/// <summary>
/// An Azure OpenAI account's deployments, api-version 2024-10-01: 201 with provisioningState Accepted and no operation to poll, then Creating, then Succeeded or
/// Failed, by the fake's clock; a quota in units; one change of the account at a time.
/// </summary>
public sealed class FakeOpenAiAccount : IFakeArmModule
{
    public const string Id = $"/subscriptions/{FakeWorkspace.Subscription}/resourceGroups/ml/providers/Microsoft.CognitiveServices/accounts/ai";

    private const string Pattern = "/subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.CognitiveServices/accounts/{a}/deployments/{d}";
    private static readonly string[] Versions = ["2024-10-01"];

    private readonly ConcurrentDictionary<string, DateTimeOffset> _began = new(StringComparer.OrdinalIgnoreCase);
    private FakeArm _arm = null!;

    /// <summary>Deployments that were made, in order.</summary>
    public ConcurrentQueue<string> Made { get; } = new();

    /// <summary>Units there are.</summary>
    public int Quota { get; set; } = 1000;

    /// <summary>How long a deployment takes.</summary>
    public TimeSpan Takes { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How it ends.</summary>
    public string Ends { get; set; } = "Succeeded";

    public JsonObject? Find(string name) => _arm.Resources.GetValueOrDefault($"{Id}/deployments/{name}");

    /// <summary>One that somebody made by hand.</summary>
    public void Put(string name) => _arm.Resources[$"{Id}/deployments/{name}"] = new JsonObject
    {
        ["name"] = name, ["properties"] = new JsonObject { ["provisioningState"] = "Succeeded" }, ["sku"] = new JsonObject { ["capacity"] = 1 },
    };

    public void Map(FakeArmRoutes routes)
    {
        _arm = routes.Arm;
        routes.Map("GET", Pattern, Versions, request =>
        {
            if (!_arm.Resources.TryGetValue(request.Path, out var found)) return FakeArmAnswer.NotFound(request.Path);
            Age(request.Path, found);
            return _arm.Resources.ContainsKey(request.Path) ? new FakeArmAnswer(200, found.DeepClone()) : FakeArmAnswer.NotFound(request.Path);
        });
        routes.Map("PUT", Pattern, Versions, Put, "sku.name", "sku.capacity", "properties.model.format", "properties.model.name", "properties.model.version");
        routes.Map("DELETE", Pattern, Versions, request =>
        {
            if (!_arm.Resources.TryGetValue(request.Path, out var found)) return FakeArmAnswer.NotFound(request.Path);
            State(found, "Deleting");
            _began[request.Path] = _arm.Clock.GetUtcNow();
            return new FakeArmAnswer(202) { RetryAfter = 10 };
        });
    }

    private FakeArmAnswer Put(FakeArmRequest request)
    {
        var prefix = $"{Id}/deployments/";
        var others = _arm.Resources.Where(r => r.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && !r.Key.Equals(request.Path, StringComparison.OrdinalIgnoreCase)).ToList();
        foreach (var (path, other) in others) Age(path, other);
        if (others.Any(o => State(o.Value) is not ("Succeeded" or "Failed") && _arm.Resources.ContainsKey(o.Key)))
            return FakeArmAnswer.Error(409, "RequestConflict", "Another operation is being performed on the parent resource.");
        var capacity = request.Find("sku.capacity")!.GetValue<int>();
        if (others.Sum(o => o.Value["sku"]!["capacity"]!.GetValue<int>()) + capacity > Quota)
            return FakeArmAnswer.Error(400, "InsufficientQuota", $"This operation requires {capacity} new capacity in quota Tokens Per Minute (thousands), which is bigger than the current available capacity.");
        var isNew = !_arm.Resources.ContainsKey(request.Path);
        var deployment = request.CopyOfBody();
        (deployment["id"], deployment["name"]) = (request.Path, request.Values["d"]);
        State(deployment, "Accepted");
        _arm.Resources[request.Path] = deployment;
        _began[request.Path] = _arm.Clock.GetUtcNow();
        if (isNew) Made.Enqueue(request.Values["d"]);
        return new FakeArmAnswer(isNew ? 201 : 200, deployment.DeepClone());
    }

    private void Age(string path, JsonObject deployment)
    {
        if (!_began.TryGetValue(path, out var began)) return;
        var isOver = _arm.Clock.GetUtcNow() - began >= Takes;
        if (State(deployment) is "Deleting")
        {
            if (isOver) _arm.Resources.TryRemove(path, out _);
        }
        else State(deployment, isOver ? Ends : "Creating");
    }

    private static string State(JsonObject deployment) => deployment["properties"]!["provisioningState"]!.GetValue<string>();

    private static void State(JsonObject deployment, string state) => deployment["properties"]!["provisioningState"] = state;
}
