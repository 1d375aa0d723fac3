using SelfImprove.Agents.Manifests;
using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Planning;

/// <summary>Predicts what a plan brings and costs. Pure.</summary>
public sealed class PlanScorer
{
    /// <summary>
    /// What one point of a teacher's errors costs its student, in points. Measured on banking77: a teacher with 11.9% errors
    /// gives 2.1 points less than true labels, 0.18 a point; rounded up, since a worse teacher errs in more systematic ways.
    /// </summary>
    public const double TeacherNoise = 0.2;

    /// <summary>
    /// How many random rows one row is worth where uncertain inputs are asked about first: 3 points at 20 rows a class on banking77 is
    /// what some 40% more rows give. Never more than labelling all there is.
    /// </summary>
    public const double MarginWorth = 1.4;

    /// <summary>Examples that a prompt holds; more are not shown.</summary>
    public const int PromptExamples = 30;

    private readonly PlanningFacts _facts;
    private readonly LearningCurve _curve;

    /// <summary>Prepares the learning curve from all that was measured.</summary>
    public PlanScorer(PlanningFacts facts)
    {
        _facts = facts;
        // A source that did harm says nothing about what others would bring, nor do points measured by its labels.
        var measured = facts.Earlier.Where(r => r is { CandidateError: not null, NewRows: > 0, DidHarm: false } && IsOfRows(r.Plan.Strategy))
            .Select(r => new CurvePoint(r.NewRows, r.CandidateError!.Value, r.Items, IsTrue: true));
        var pilot = SamplePilot.TeacherOf(facts.Manifest)?.Name;
        var isRefuted = facts.Earlier.Any(r => r.DidHarm && r.Plan.Teacher == pilot);
        _curve = new LearningCurve(GroundOf(facts), [.. isRefuted ? [] : facts.Curve, .. measured], facts.Forecast);
    }

    // What pairs, a prompt or the student's own answers brought is on no curve of labelled rows.
    private static bool IsOfRows(PlanStrategy strategy) => strategy is PlanStrategy.Corrections or PlanStrategy.Teacher or PlanStrategy.People;

    private static CurveGround GroundOf(PlanningFacts facts)
    {
        var diagnosis = facts.Diagnosis;
        // What errors there are beyond the classes never taught are made on those that were.
        var unseen = Math.Min(diagnosis.UnseenShare, diagnosis.ChampionError);
        var known = unseen < 1 ? Math.Clamp((diagnosis.ChampionError - unseen) / (1 - unseen), 0.01, 1) : 1;
        var classes = diagnosis.KnownDecisions > 0 ? diagnosis.KnownDecisions : Math.Max(1, facts.Manifest.Task.Decisions.Count);
        return new CurveGround(known, classes, unseen, Math.Max(1, diagnosis.UnseenDecisions), diagnosis.ChampionErrorSd, SamplePilot.TeacherOf(facts.Manifest)?.Accuracy ?? 1);
    }

    /// <summary>What a gain of 1 is worth over the horizon, in USD: later requests count less, falling to nothing at its end, so half of it counts.</summary>
    public static double WorthOfGain(AgentManifest manifest) => manifest.Planning.Horizon / 2.0 * (double)manifest.Goal.Value;

    /// <summary>Scores a plan.</summary>
    public CandidatePlan Score(ImprovementPlan plan)
    {
        var teacher = plan.Teacher is null ? null : _facts.Manifest.Teachers.First(t => t.Name == plan.Teacher);
        // Labels bought earlier in the run are used again; an earlier round's corrections are among its rows.
        var worth = plan.Sampling == PlanSampling.Margin ? Math.Min(plan.Rows * MarginWorth, _facts.PoolFor(plan.Teacher, plan.Wait)) : plan.Rows;
        var rows = Math.Min((int)worth + Math.Max(_facts.Corrections + _facts.Labelled, Alike(plan)?.NewRows ?? 0), _facts.Manifest.Planning.MaxRows);
        var (gain, sd) = plan.Strategy == PlanStrategy.Preference ? OfPairs() : OfRows(plan, rows);
        var noise = plan.Strategy == PlanStrategy.SelfPlay ? TeacherNoise * (1 - (_facts.SelfPlay?.PrecisionAtLeast ?? 1))
            : teacher is null ? 0 : TeacherNoise * (1 - teacher.Accuracy);
        gain = Math.Min((gain - noise) * _facts.Realism, _facts.Diagnosis.ChampionError);
        // A forecast knows how far off it has been.
        if (_facts.Forecast is null) sd = Math.Sqrt((sd * sd) + (0.02 * 0.02));

        var promoted = Normal.Cdf((gain - Provable(plan, gain)) / sd);
        var cost = CostOf(plan, _facts);
        var waitCost = (decimal)(plan.Wait * Math.Max(0, gain) * (double)_facts.Manifest.Goal.Value);
        var net = (decimal)(promoted * gain * WorthOfGain(_facts.Manifest)) - cost - waitCost;
        return new CandidatePlan(plan, gain, sd, promoted, cost, waitCost, decimal.Round(net, 2), Obstacle(plan, cost));
    }

    /// <summary>The gain of new rows. Of self-play only as many count as the verifier mends: where the student was right anyway there is nothing to learn.</summary>
    private (double Gain, double Sd) OfRows(ImprovementPlan plan, int rows)
    {
        if (plan.Strategy == PlanStrategy.SelfPlay && _facts.SelfPlay is { } audit)
        {
            rows = _facts.Corrections + _facts.Labelled + (int)(plan.Rows * audit.Acceptance * audit.MendsAtLeast);
        }
        if (plan.Strategy == PlanStrategy.FewShot) rows = Math.Min(rows, PromptExamples);
        return _curve.Gain(rows);
    }

    /// <summary>The gain of pairs, as measured on labelled inputs.</summary>
    private (double Gain, double Sd) OfPairs()
    {
        var seen = _facts.Preference!;
        return (seen.ErrorNow - seen.ErrorOfPairs, Math.Sqrt(0.33 / Math.Max(1, seen.Items)));
    }

    /// <summary>
    /// The difference that evaluation proves about half of the time: one-sided, on the items there will be, of which about a third are answered differently, and
    /// no more than one of the two answers wrongly.
    /// </summary>
    private double Provable(ImprovementPlan plan, double gain)
    {
        var differing = Math.Clamp((2 * _facts.Diagnosis.ChampionError) - gain, 0.12, 0.33);
        return 1.645 * Math.Sqrt(differing / Math.Max(1, Items(plan, _facts)));
    }

    /// <summary>Validation items when the plan is carried out: those that traffic holds, and those that it will bring meanwhile, up to the setting.</summary>
    private static int Items(ImprovementPlan plan, PlanningFacts facts) =>
        Math.Min(facts.Manifest.Evaluation.Items, (int)(facts.ValidationPool + (plan.Wait * facts.ValidationPerHundred / 100)));

    /// <summary>What a plan costs: labels, validation labels and training, in USD.</summary>
    public static decimal CostOf(ImprovementPlan plan, PlanningFacts facts)
    {
        var manifest = facts.Manifest;
        var teacher = plan.Teacher is null ? null : manifest.Teachers.First(t => t.Name == plan.Teacher);
        var labeller = manifest.Teachers.FirstOrDefault(t => t.Name == manifest.Evaluation.Labeller);
        var labels = plan.Strategy == PlanStrategy.SelfPlay ? plan.Rows * (facts.SelfPlay?.PriceUsd ?? 0)
            : teacher is null ? 0 : plan.Rows * PriceOf(manifest, teacher);
        var validation = labeller is null ? 0 : Math.Max(0, Items(plan, facts) - facts.ValidationItems) * PriceOf(manifest, labeller);
        return labels + validation + manifest.Student.TrainingPrice;
    }

    /// <summary>What one label of a teacher costs, its members included.</summary>
    public static decimal PriceOf(AgentManifest manifest, TeacherSettings teacher)
    {
        var members = teacher.Members.Select(m => manifest.Teachers.FirstOrDefault(t => t.Name == m)).OfType<TeacherSettings>().Select(t => PriceOf(manifest, t)).ToList();
        return teacher.Kind switch
        {
            TeacherKind.People => teacher.Price * teacher.PeoplePerItem,
            TeacherKind.Panel => teacher.Price + members.Sum(),
            TeacherKind.Cascade => teacher.Price + members.FirstOrDefault() + (members.Skip(1).Sum() * 0.3m),
            _ => teacher.Price,
        };
    }

    private string? Obstacle(ImprovementPlan plan, decimal cost)
    {
        if (plan.Strategy == PlanStrategy.Preference && _facts.Preference?.Objection is { } objection) return objection;
        if (cost > _facts.Left) return $"costs {cost:0.##} USD, {_facts.Left:0.##} are left of the budget";
        if (_facts.Earlier.Any(r => r.DidHarm && r.Plan.Strategy == plan.Strategy && r.Plan.Teacher == plan.Teacher)) return "what it taught before made answers worse";
        if (plan.Teacher is not null && _facts.Earlier.LastOrDefault(r => r.IsTeacherMissing && r.Plan.Teacher == plan.Teacher) is { } missing)
            return $"its teacher could not be had: {missing.Reasons.FirstOrDefault()}";
        if (_facts.Earlier.LastOrDefault() is { Inconclusive: true }) return null;
        if (plan.Wait > 0 && _facts.Earlier.Count > 0) return "waiting is for the first round, and for verdicts that lacked items";
        return Alike(plan) is { } alike && plan.Rows + alike.NewRows < 1.5 * Math.Max(alike.NewRows, LeastGrowth) ? $"too much like round {_facts.Earlier.ToList().IndexOf(alike) + 1}, which did not pass" : null;
    }

    /// <summary>The last round that asked the same source.</summary>
    private RoundResult? Alike(ImprovementPlan plan) => _facts.Earlier.LastOrDefault(r => r.Plan.Strategy == plan.Strategy && r.Plan.Teacher == plan.Teacher);

    private const int LeastGrowth = 50;
}
