using SelfImprove.Planning;

namespace SelfImprove.Testing.Planning;

/// <summary>A way to spend a budget of labels.</summary>
/// <param name="Name">In a few words.</param>
/// <param name="Plan">The plan of each round for a budget in cheap labels; null for whatever the planner chooses.</param>
/// <param name="Rounds">Rounds that the budget is spread over; each trains on all so far, and serves.</param>
public sealed record ContestStrategy(string Name, Func<int, ContestTeacher, ImprovementPlan>? Plan, int Rounds = 1)
{
    public static ContestStrategy Planner { get; } = new("planner", null);

    public static ContestStrategy Random { get; } = new("random, cheap", (labels, _) => Of(ContestManifest.Cheap, labels, PlanSampling.Stratified));

    /// <summary>The fixed ones, random sampling first.</summary>
    public static IReadOnlyList<ContestStrategy> Fixed { get; } =
    [
        Random,
        new("random, dear", (labels, _) => Of(ContestManifest.Dear, labels / ContestManifest.DearPerCheap, PlanSampling.Stratified)),
        new("uncertain, cheap", (labels, _) => Of(ContestManifest.Cheap, labels, PlanSampling.Margin)),
        new("uncertain, dear", (labels, _) => Of(ContestManifest.Dear, labels / ContestManifest.DearPerCheap, PlanSampling.Margin)),
        new("uncertain, cascade", (labels, teacher) => Of(ContestManifest.Cascade, Cascaded(labels, teacher), PlanSampling.Margin)),
        new("uncertain, cheap, two rounds", (labels, _) => Of(ContestManifest.Cheap, labels / 2, PlanSampling.Margin), Rounds: 2),
        new("corrections alone", (_, _) => new ImprovementPlan { Strategy = PlanStrategy.Corrections }),
    ];

    // Where the budget ends first, the rest of the items stays unlabelled: never more is spent.
    private static int Cascaded(int labels, ContestTeacher teacher) => (int)(labels / (1 + ((1 - teacher.SureShare) * ContestManifest.DearPerCheap)));

    private static ImprovementPlan Of(string teacher, int rows, PlanSampling sampling) =>
        new() { Strategy = PlanStrategy.Teacher, Teacher = teacher, Rows = rows, Sampling = sampling };
}
