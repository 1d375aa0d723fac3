using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration;

namespace SelfImprove.Planning;

/// <summary>Lists the plans there are: strategy x teacher x size x waiting, no more than the manifest, the trainer and the traffic allow.</summary>
public static class PlanEnumerator
{
    /// <summary>The sizes tried, in rows; the largest possible is added.</summary>
    public static IReadOnlyList<int> Sizes { get; } = [50, 100, 200, 400, 800, 1600, 3200];

    /// <summary>The least new rows worth a training.</summary>
    public const int LeastRows = 20;

    /// <summary>Rows of a wave at least, and waves at most: more of them gain little.</summary>
    private const int RowsOfWave = 50, MostWaves = 4;

    private static readonly int[] Waits = [0, 300, 600, 1000, 1500, 2000];

    /// <summary>All plans, without a word on their worth.</summary>
    public static IEnumerable<ImprovementPlan> Enumerate(PlanningFacts facts)
    {
        var since = facts.Diagnosis.Since;
        // Where people disagree about what is right, their corrections are the quarrel, and a model would take one side of it: people decide.
        var isTorn = facts.Diagnosis.Cause == DiagnosisCause.ContradictoryLabels && facts.Manifest.Teachers.Any(t => t.Kind == TeacherKind.People);
        foreach (var plan in WithoutLabels(facts, isTorn)) yield return plan;
        if (!facts.Formats.Contains(DatasetFormat.Rows)) yield break;
        if (!isTorn && facts.Corrections >= LeastRows) yield return new ImprovementPlan { Strategy = PlanStrategy.Corrections, Since = since };
        // What earlier looks of this run had labelled may be enough to train on as it is.
        if (!isTorn && facts.Labelled >= LeastRows && facts.Earlier.Count == 0 && SamplePilot.TeacherOf(facts.Manifest) is { } asked)
            yield return new ImprovementPlan { Strategy = PlanStrategy.Teacher, Teacher = asked.Name, Since = since };
        var mostWait = facts.Manifest.Planning.MaxWait - facts.Waited;
        foreach (var wait in Waits.Where(w => w == 0 || w <= mostWait))
        {
            foreach (var teacher in Teachers(facts.Manifest).Where(t => !isTorn || t.Kind == TeacherKind.People))
            {
                var pool = facts.PoolFor(teacher.Name, wait);
                var most = Math.Min(pool, facts.Manifest.Planning.MaxRows);
                foreach (var rows in Sizes.Append(most).Append(Affordable(facts, teacher, wait)).Where(s => s <= most && s >= LeastRows).Distinct())
                    yield return new ImprovementPlan
                    {
                        Strategy = teacher.Kind == TeacherKind.People ? PlanStrategy.People : PlanStrategy.Teacher,
                        Teacher = teacher.Name,
                        Rows = rows,
                        Wait = wait,
                        Sampling = pool >= 2 * rows ? PlanSampling.Margin : PlanSampling.Stratified,
                        // People are asked once: they are waited for.
                        MoreWaves = facts.TrainsCheaply && pool >= 2 * rows && teacher.Kind != TeacherKind.People ? Math.Clamp(rows / RowsOfWave, 1, MostWaves) - 1 : 0,
                        Since = since,
                    };
            }
        }
    }

    /// <summary>Plans that ask nobody for labels: examples for a prompt, pairs, self-play; each only where the trainer takes it and what was measured speaks for it.</summary>
    private static IEnumerable<ImprovementPlan> WithoutLabels(PlanningFacts facts, bool isTorn)
    {
        var since = facts.Diagnosis.Since;
        if (!isTorn && facts.Formats.Contains(DatasetFormat.FewShot) && facts.Corrections + facts.Labelled > 0)
            yield return new ImprovementPlan { Strategy = PlanStrategy.FewShot, Since = since };
        if (!facts.Formats.Contains(DatasetFormat.Rows)) yield break;
        if (!isTorn && facts.Formats.Contains(DatasetFormat.Pairs) && facts.Preference is { Pairs: >= LeastRows })
            yield return new ImprovementPlan { Strategy = PlanStrategy.Preference, Since = since };
        if (facts.SelfPlay is not { IsBetterThanStudent: true }) yield break;
        var most = Math.Min(facts.Pool, facts.Manifest.Planning.MaxRows);
        foreach (var rows in Sizes.Append(most).Where(s => s <= most && s >= LeastRows).Distinct())
            yield return new ImprovementPlan { Strategy = PlanStrategy.SelfPlay, Rows = rows, Sampling = PlanSampling.Stratified, Since = since };
    }

    /// <summary>How many rows the budget buys of a teacher, after validation and training.</summary>
    private static int Affordable(PlanningFacts facts, TeacherSettings teacher, int wait)
    {
        var nothing = new ImprovementPlan { Strategy = PlanStrategy.Corrections, Wait = wait };
        var price = PlanScorer.PriceOf(facts.Manifest, teacher);
        return price > 0 ? (int)Math.Clamp((facts.Left - PlanScorer.CostOf(nothing, facts)) / price, 0, int.MaxValue / 2) : 0;
    }

    /// <summary>Why a plan that was not listed here can't be carried out; null where it can: the same bounds as the lists are made with.</summary>
    public static string? Problem(ImprovementPlan plan, PlanningFacts facts)
    {
        var most = facts.Manifest.Planning.MaxWait - facts.Waited;
        if (plan.Wait < 0 || plan.Wait > Math.Max(0, most)) return $"it waits for {plan.Wait} requests, at most {Math.Max(0, most)} are allowed";
        if (plan.Strategy is PlanStrategy.Corrections or PlanStrategy.Preference or PlanStrategy.FewShot)
            return plan is { Rows: 0, Wait: 0 } ? null : "feedback is taken as it is: no rows are labelled and nothing is waited for";
        if (plan.Rows == 0) return plan.Wait == 0 && facts.Labelled >= LeastRows && facts.Earlier.Count == 0 ? null : "it labels nothing";
        var rows = Math.Min(facts.PoolFor(plan.Teacher, plan.Wait), facts.Manifest.Planning.MaxRows);
        return plan.Rows < LeastRows || plan.Rows > rows ? $"it labels {plan.Rows} rows, {LeastRows} to {rows} can be" : null;
    }

    /// <summary>A model that labels validation items teaches only where there is no other: it would not see its own errors. People may do both; then
    /// the A/B test has to prove it.</summary>
    private static IEnumerable<TeacherSettings> Teachers(AgentManifest manifest) =>
        manifest.Teachers.Where(t => t.Kind == TeacherKind.People || t.Name != manifest.Evaluation.Labeller || manifest.Teachers.Count == 1);
}
