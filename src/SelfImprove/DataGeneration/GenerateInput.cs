using SelfImprove.Planning;
using SelfImprove.Runs;

namespace SelfImprove.DataGeneration;

/// <summary>The input of <c>GenerateData</c>.</summary>
/// <param name="Run">The run and round.</param>
/// <param name="Plan">What to gather.</param>
/// <param name="Champion">The version whose dataset is built upon, and that tells which inputs are uncertain.</param>
/// <param name="Labelled">Store paths of <see cref="Labelling.LabelledItem"/>s that were paid for already (the planner's pilots, earlier rounds) and
/// are trained on as well; null for none.</param>
public sealed record GenerateInput(RunRef Run, ImprovementPlan Plan, string Champion, IReadOnlyList<string>? Labelled = null);
