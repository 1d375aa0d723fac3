using SelfImprove.Planning;
using SelfImprove.Runs;

namespace SelfImprove.DataGeneration;

/// <summary>The input of <c>GenerateData</c>.</summary>
/// <param name="Run">The run and round.</param>
/// <param name="Plan">What to gather.</param>
/// <param name="Champion">The version whose dataset is built upon, and that tells which inputs are uncertain.</param>
/// <param name="Labelled">Store path of training-side inputs that a teacher has labelled already, for the diagnosis: used, not paid for again; null for none.</param>
public sealed record GenerateInput(RunRef Run, ImprovementPlan Plan, string Champion, string? Labelled = null);
