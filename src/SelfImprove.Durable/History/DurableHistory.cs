using System.Text.Json;
using SelfImprove.Orchestration;

namespace SelfImprove.Durable;

/// <summary>The whole history of an instance's present execution: for looking at, and for replaying against changed code.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Orchestrator">The registered name it runs.</param>
/// <param name="Execution">How often it has continued as new.</param>
/// <param name="Turns">In order.</param>
public sealed record DurableHistory(string InstanceId, string Orchestrator, int Execution, IReadOnlyList<HistoryTurn> Turns)
{
    /// <summary>As indented JSON, for a golden file.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SeamJson.Indented);

    /// <summary>Reads a golden file.</summary>
    /// <exception cref="InvalidDataException">It is no history.</exception>
    public static DurableHistory Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<DurableHistory>(json, SeamJson.Options) is { InstanceId: not null, Orchestrator: not null, Turns: not null } history
                ? history
                : throw new InvalidDataException("This is no orchestration history: instanceId, orchestrator and turns are expected.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"This is no orchestration history: {e.Message}", e);
        }
    }
}
