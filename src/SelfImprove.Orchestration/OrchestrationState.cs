using System.Text.Json;

namespace SelfImprove.Orchestration;

/// <summary>What is known of an instance.</summary>
/// <param name="InstanceId">Its id.</param>
/// <param name="Orchestrator">The registered name it runs.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="CreatedAt">When it was started.</param>
/// <param name="UpdatedAt">When it last changed.</param>
/// <param name="Input">Its input's JSON.</param>
/// <param name="Output">Its output's JSON, once completed.</param>
/// <param name="CustomStatus">What it last showed by <see cref="OrchestrationContext.SetStatus"/>.</param>
/// <param name="Failure">Why it failed, is parked, or was terminated.</param>
public sealed record OrchestrationState(
    string InstanceId, string Orchestrator, OrchestrationStatus Status, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    string? Input, string? Output, string? CustomStatus, Failure? Failure)
{
    /// <summary>Whether nothing will happen any more.</summary>
    public bool HasEnded => Status is OrchestrationStatus.Completed or OrchestrationStatus.Failed or OrchestrationStatus.Terminated;

    /// <summary>The output as <typeparamref name="T"/>; default where there is none.</summary>
    public T? OutputAs<T>() => Output is null ? default : JsonSerializer.Deserialize<T>(Output, SeamJson.Options);
}
