namespace SelfImprove.Functions.Engine;

/// <summary>An orchestrator's input as it crosses Durable Functions.</summary>
/// <param name="InstanceId">The instance's id; Durable Functions knows it by its <see cref="InstanceNames"/> name.</param>
/// <param name="Input">The input's JSON.</param>
/// <param name="Execution">How often it has continued as new.</param>
/// <param name="Unread">Events that the execution before had taken and not read.</param>
public sealed record OrchestratorCall(string InstanceId, string Input, int Execution = 0, IReadOnlyList<UnreadEvent>? Unread = null);

/// <summary>An event that nobody has read yet.</summary>
/// <param name="Name">Its name; compared without case.</param>
/// <param name="Payload">Its payload's JSON.</param>
public sealed record UnreadEvent(string Name, string Payload);
