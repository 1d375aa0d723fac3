using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace SelfImprove.Functions.Tests.Fakes;

internal sealed class FakeInstance(string name, string id, string? input, DateTime now, (FakeInstance Instance, int Generation, int Call)? parent)
{
    public string Name => name;
    public string Id => id;
    public string? Input { get; set; } = input;
    public OrchestrationRuntimeStatus Status { get; set; } = OrchestrationRuntimeStatus.Pending;
    public DateTime Created { get; } = now;
    public DateTime Updated { get; set; } = now;
    public string? Output { get; set; }
    public string? CustomStatus { get; set; }
    public TaskFailureDetails? Failure { get; set; }
    public (FakeInstance Instance, int Generation, int Call)? Parent => parent;
    public int Generation { get; set; }
    public List<FakeFact> History { get; } = [];
    public Queue<FakeFact> Inbox { get; } = [];

    /// <summary>What the code has asked for in this generation, by number.</summary>
    public Dictionary<int, FakeRequest> Asked { get; } = [];

    public bool HasEnded => Status is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;

    public OrchestrationMetadata ToMetadata(bool withPayloads) => new(Name, Id)
    {
        RuntimeStatus = Status, CreatedAt = new DateTimeOffset(Created), LastUpdatedAt = new DateTimeOffset(Updated), FailureDetails = Failure,
        SerializedInput = withPayloads ? Input : null, SerializedOutput = withPayloads ? Output : null, SerializedCustomStatus = withPayloads ? CustomStatus : null,
    };
}
