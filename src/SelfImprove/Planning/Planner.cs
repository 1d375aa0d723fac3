namespace SelfImprove.Planning;

/// <summary>Chooses among candidate plans by expected net value, within the budget, or stops with a reason. Pure.</summary>
public static class Planner
{
    /// <summary>The least probability of promotion worth spending on.</summary>
    public const double LeastPromoted = 0.3;

    /// <summary>Acting at once is preferred where it is expected to return at least this share of what waiting is.</summary>
    public const decimal Patience = 0.96m;

    private const int Kept = 40;

    /// <summary>Chooses.</summary>
    public static PlanChoice Choose(PlanningFacts facts)
    {
        var diagnosis = facts.Diagnosis;
        if (!diagnosis.CanTrain) return Stop(facts, [], $"Training would not help: {diagnosis.Evidence.FirstOrDefault() ?? diagnosis.Cause.ToString()}");
        var goal = facts.Manifest.Goal;
        var quality = 1 - diagnosis.ChampionError;
        if (goal.Target is { } target && quality - (1.645 * diagnosis.ChampionErrorSd) >= target && !facts.Asked)
            return Stop(facts, [], $"The goal is reached: quality is {quality:0.000}, the target {target:0.000}.");

        var scorer = new PlanScorer(facts);
        var scored = PlanEnumerator.Enumerate(facts).Select(scorer.Score)
            .OrderByDescending(c => c.NetUsd).ThenBy(c => c.CostUsd).ThenBy(c => c.Plan.Wait).ToList();
        if (scored.Count == 0)
            return Stop(facts, scored,
                $"There is nothing to learn from: {facts.Pool} recent inputs to label, {facts.Labelled} labelled already and {facts.Corrections} corrections; {PlanEnumerator.LeastRows} are needed.");
        var worthwhile = scored.Where(c => IsWorthwhile(c, facts)).ToList();
        var chosen = worthwhile.FirstOrDefault();
        // The best of many guesses is overrated, and waiting has most guesses: acting at once wins where it comes near.
        if (chosen?.Plan.Wait > 0 && worthwhile.FirstOrDefault(c => c.Plan.Wait == 0) is { } atOnce && atOnce.NetUsd >= Patience * chosen.NetUsd) chosen = atOnce;
        return chosen is not null
            ? new PlanChoice { Diagnosis = diagnosis, Chosen = chosen, Candidates = Keep(scored), Curve = facts.Curve, Realism = facts.Realism, Preference = facts.Preference, SelfPlay = facts.SelfPlay }
            : Stop(facts, scored, WhyNot(facts, scored));
    }

    /// <summary>Whether a plan may be chosen: nothing stands against it, it is likely enough to be promoted, and it pays for itself, or a person asked.</summary>
    public static bool IsWorthwhile(CandidatePlan plan, PlanningFacts facts) =>
        plan.Obstacle is null && plan.Promoted >= LeastPromoted && (plan.NetUsd > 0 || (facts.Asked && plan.Gain > 0));

    private static string WhyNot(PlanningFacts facts, List<CandidatePlan> scored)
    {
        var best = scored[0];
        var promising = scored.Where(c => c.Promoted >= LeastPromoted && c.Gain > 0).ToList();
        if (promising.Count == 0)
            return $"No plan is likely to be proven better: the best, {best.Describe()}, is predicted to gain {best.Gain:0.000} +- {best.GainSd:0.000} (chance of promotion {best.Promoted:P0}).";
        var affordable = promising.Where(c => c.Obstacle is null).ToList();
        if (affordable.Count == 0)
        {
            var cheapest = promising.MinBy(c => c.CostUsd)!;
            return cheapest.CostUsd > facts.Left
                ? $"Nothing affordable is likely to help; the cheapest plan that is, {cheapest.Describe()}, would cost {cheapest.CostUsd:0.##} USD against {facts.Left:0.##} left of the budget."
                : $"Nothing new is left to try: {cheapest.Describe()} {cheapest.Obstacle}.";
        }
        var nearest = affordable.MaxBy(c => c.NetUsd)!;
        return $"No plan pays for itself: the best, {nearest.Describe()}, is expected to return {nearest.NetUsd:0.##} USD after its cost of {nearest.CostUsd:0.##} USD.";
    }

    private static PlanChoice Stop(PlanningFacts facts, List<CandidatePlan> scored, string reason) =>
        new() { Diagnosis = facts.Diagnosis, Stop = reason, Candidates = Keep(scored), Curve = facts.Curve, Realism = facts.Realism, Preference = facts.Preference, SelfPlay = facts.SelfPlay };

    private static List<CandidatePlan> Keep(List<CandidatePlan> scored) => [.. scored.Take(Kept)];
}
