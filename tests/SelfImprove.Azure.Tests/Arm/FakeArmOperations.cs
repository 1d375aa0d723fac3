using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace SelfImprove.Azure.Tests.Arm;

/// <summary>Long-running operations: <c>Updating</c> until they are due, then <c>Succeeded</c> or <c>Failed</c>, at an address of their own.</summary>
public sealed class FakeArmOperations(FakeArm arm)
{
    private readonly ConcurrentDictionary<string, Operation> _operations = new();
    private int _last;

    /// <summary>Looks that find an operation at work before its duration counts; for tests without a clock.</summary>
    public int Looks { get; set; } = 1;

    /// <summary>How long operations take by the fake's clock.</summary>
    public TimeSpan Duration { get; set; }

    /// <summary>Begins one.</summary>
    /// <param name="provider">For example <c>Microsoft.MachineLearningServices</c>.</param>
    /// <param name="subscription">The subscription's id.</param>
    /// <param name="apiVersion">The api-version of its address.</param>
    /// <param name="end">What happens when it is due; gives the error that it fails with, or null.</param>
    /// <returns>Its path with query, for <c>Azure-AsyncOperation</c>.</returns>
    public string Begin(string provider, string subscription, string apiVersion, Func<JsonObject?> end)
    {
        var id = $"op:{Interlocked.Increment(ref _last)}";
        _operations[id] = new Operation(arm.Clock.GetUtcNow(), end) { LooksLeft = Looks };
        return $"/subscriptions/{subscription}/providers/{provider}/locations/eastus2/mfeOperationsStatus/{id}?api-version={apiVersion}";
    }

    /// <summary>Forgets all: their addresses answer 404 from now on.</summary>
    public void Forget() => _operations.Clear();

    /// <summary>Ends those that are due, whether or not anybody looks: called before every request.</summary>
    public void Settle()
    {
        foreach (var operation in _operations.Values) operation.Settle(arm.Clock.GetUtcNow(), Duration, looking: false);
    }

    internal FakeArmAnswer Look(string path, string id)
    {
        if (!_operations.TryGetValue(id, out var operation)) return FakeArmAnswer.NotFound(path);
        operation.Settle(arm.Clock.GetUtcNow(), Duration, looking: true);
        var body = new JsonObject { ["id"] = path, ["name"] = id, ["startTime"] = operation.Began.ToString("o"), ["percentComplete"] = operation.HasEnded
            ? 100.0 : 0.0 };
        body["status"] = !operation.HasEnded ? "Updating" : operation.Error is null ? "Succeeded" : "Failed";
        if (operation.HasEnded) body["endTime"] = arm.Clock.GetUtcNow().ToString("o");
        if (operation.Error is not null) body["error"] = operation.Error.DeepClone();
        return new FakeArmAnswer(200, body);
    }

    private sealed class Operation(DateTimeOffset began, Func<JsonObject?> end)
    {
        public DateTimeOffset Began { get; } = began;

        public int LooksLeft { get; set; }

        public bool HasEnded { get; private set; }

        public JsonObject? Error { get; private set; }

        public void Settle(DateTimeOffset now, TimeSpan duration, bool looking)
        {
            lock (this)
            {
                if (HasEnded) return;
                if (looking && LooksLeft-- > 0) return;
                if (LooksLeft > 0 || now < Began + duration) return;
                HasEnded = true;
                Error = end();
            }
        }
    }
}
