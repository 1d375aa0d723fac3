namespace SelfImprove.Testing.Loop;

/// <summary>What a world begins with.</summary>
/// <param name="Task">The task.</param>
/// <param name="Known">Classes that the first version was taught: the task's first ones.</param>
/// <param name="Taught">Examples that it was taught of each.</param>
public sealed record WorldStart(SmallTask Task, int Known = 6, int Taught = 12);
