using SelfImprove.Orchestration;

namespace SelfImprove.Durable;

/// <summary>Names one activity call.</summary>
internal readonly record struct TaskKey(long Instance, int Execution, int Call);

/// <summary>An activity call to run.</summary>
internal sealed record ActivityWork(TaskKey Key, ActivityCall Call);

/// <summary>What an activity call gave.</summary>
internal sealed record ActivityDone(TaskKey Key, CallOutcome Outcome);
