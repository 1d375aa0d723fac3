using System.Text.Json.Serialization;
using SelfImprove.Planning;
using SelfImprove.Runs;

namespace SelfImprove.DataGeneration;

/// <summary>The input of <c>GenerateData</c>.</summary>
/// <param name="Run">The run and round.</param>
/// <param name="Plan">What to gather.</param>
/// <param name="Champion">The version whose dataset is built upon, and that tells which inputs are uncertain.</param>
/// <param name="Labelled">Store paths of <see cref="Labelling.LabelledItem"/>s that were paid for already (the planner's pilots, earlier rounds) and
/// are trained on as well; null for none.</param>
public sealed record GenerateInput(RunRef Run, ImprovementPlan Plan, string Champion, IReadOnlyList<string>? Labelled = null)
{
    /// <summary>From 1: the wave of the plan that is chosen now, where others follow it; 0 for the last or only one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Wave { get; init; }
}
