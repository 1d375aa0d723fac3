using SelfImprove.Planning;
using SelfImprove.Runs;

namespace SelfImprove.DataGeneration;

/// <summary>The input of <c>GenerateData</c>.</summary>
/// <param name="Run">The run and round.</param>
/// <param name="Plan">What to gather.</param>
/// <param name="Champion">The version whose dataset is built upon, and that tells which inputs are uncertain.</param>
/// <param name="Labelled">Store path of <see cref="Labelling.LabelledItem"/>s that are there already (the planner's pilot) and are trained on as well; null for none.</param>
public sealed record GenerateInput(RunRef Run, ImprovementPlan Plan, string Champion, string? Labelled = null);
