using SelfImprove.Runs;

namespace SelfImprove.DataGeneration.Labelling;

/// <summary>The input of <c>LabelItems</c>: ask a teacher about a file of items.</summary>
/// <param name="Run">The run and round.</param>
/// <param name="Purpose"><c>train</c> or <c>validation</c>: part of every path and key, so that the two never mix.</param>
/// <param name="Teacher">The teacher's name in the manifest.</param>
/// <param name="Items">Store path of the items: one <see cref="LabelItem"/> a line.</param>
/// <param name="Count">How many lines it has.</param>
public sealed record LabelInput(RunRef Run, string Purpose, string Teacher, string Items, int Count);
