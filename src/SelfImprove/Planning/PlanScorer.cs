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

    /// <summary>The factor on gain of asking about uncertain inputs first: 3 points at some 12 points of gain for true labels, less with a teacher's.</summary>
    public const double MarginFactor = 1.1;

    private readonly PlanningFacts _facts;
    private readonly LearningCurve _curve;

    /// <summary>Prepares the learning curve from all that was measured.</summary>
    public PlanScorer(PlanningFacts facts)
    {
        _facts = facts;
        // A source that did harm says nothing about what others would bring, nor do points measured by its labels.
        var measured = facts.Earlier.Where(r => r is { CandidateError: not null, NewRows: > 0, DidHarm: false })
            .Select(r => new CurvePoint(r.NewRows, r.CandidateError!.Value, r.Items));
        var pilot = SamplePilot.TeacherOf(facts.Manifest)?.Name;
        var isRefuted = facts.Earlier.Any(r => r.DidHarm && r.Plan.Teacher == pilot);
        _curve = new LearningCurve(
            facts.Diagnosis.ChampionError, facts.Diagnosis.ChampionErrorSd, [.. isRefuted ? [] : facts.Curve, .. measured], facts.ChampionRows);
    }

    /// <summary>What a gain of 1 is worth over the horizon, in USD: later requests count less, falling to nothing at its end, so half of it counts.</summary>
    public static double WorthOfGain(AgentManifest manifest) => manifest.Planning.Horizon / 2.0 * (double)manifest.Goal.Value;

    /// <summary>Scores a plan.</summary>
    public CandidatePlan Score(ImprovementPlan plan)
    {
        var teacher = plan.Teacher is null ? null : _facts.Manifest.Teachers.First(t => t.Name == plan.Teacher);
        // Labels that this source gave in an earlier round are paid for and used again; corrections are among that round's rows.
        var rows = Math.Min(plan.Rows + Math.Max(_facts.Corrections, Alike(plan)?.NewRows ?? 0), _facts.Manifest.Planning.MaxRows);
        var (gain, sd) = _curve.Gain(rows);
        if (plan.Sampling == PlanSampling.Margin && plan.Rows > 0) gain *= MarginFactor;
        var noise = teacher is null ? 0 : TeacherNoise * (1 - teacher.Accuracy);
        gain = Math.Min((gain - noise) * _facts.Realism, _facts.Diagnosis.ChampionError);
        sd = Math.Sqrt((sd * sd) + (0.02 * 0.02));

        var promoted = Normal.Cdf((gain - Provable(plan)) / sd);
        var cost = CostOf(plan, teacher);
        var worth = WorthOfGain(_facts.Manifest);
        var waitCost = (decimal)(plan.Wait * Math.Max(0, gain) * (double)_facts.Manifest.Goal.Value);
        var net = (decimal)(promoted * gain * worth) - cost - waitCost;
        return new CandidatePlan(plan, gain, sd, promoted, cost, waitCost, decimal.Round(net, 2), Obstacle(plan, cost));
    }

    /// <summary>The difference that evaluation proves about half of the time: one-sided, on the items there will be, of which about a third are answered differently.</summary>
    private double Provable(ImprovementPlan plan) => 1.645 * Math.Sqrt(0.33 / Math.Max(1, Items(plan)));

    /// <summary>Validation items at hand when the plan is carried out: those labelled, and those that the traffic gives, up to the setting.</summary>
    private int Items(ImprovementPlan plan)
    {
        var pool = _facts.Pool + (plan.Wait * _facts.PoolPerHundred / 100);
        var fromTraffic = (int)(pool * _facts.ValidationShare / (1 - _facts.ValidationShare));
        return Math.Min(_facts.Manifest.Evaluation.Items, _facts.ValidationItems + fromTraffic);
    }

    private decimal CostOf(ImprovementPlan plan, TeacherSettings? teacher)
    {
        var manifest = _facts.Manifest;
        var labeller = manifest.Teachers.FirstOrDefault(t => t.Name == manifest.Evaluation.Labeller);
        var labels = teacher is null ? 0 : plan.Rows * PriceOf(teacher);
        var validation = labeller is null ? 0 : Math.Max(0, Items(plan) - _facts.ValidationItems) * PriceOf(labeller);
        return labels + validation + manifest.Student.TrainingPrice;
    }

    /// <summary>What one label of a teacher costs, its members included.</summary>
    private decimal PriceOf(TeacherSettings teacher)
    {
        var members = teacher.Members.Select(m => _facts.Manifest.Teachers.FirstOrDefault(t => t.Name == m)).OfType<TeacherSettings>().Select(PriceOf).ToList();
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
        if (cost > _facts.Left) return $"costs {cost:0.##} USD, {_facts.Left:0.##} are left of the budget";
        if (plan.Wait > 0 && _facts.Earlier.Count > 0) return "waiting is for the first round";
        if (_facts.Earlier.Any(r => r.DidHarm && r.Plan.Strategy == plan.Strategy && r.Plan.Teacher == plan.Teacher)) return "what it taught before made answers worse";
        return Alike(plan) is { } alike && plan.Rows + alike.NewRows < 1.5 * Math.Max(alike.NewRows, LeastGrowth) ? $"too much like round {_facts.Earlier.ToList().IndexOf(alike) + 1}, which did not pass" : null;
    }

    /// <summary>The last round that asked the same source.</summary>
    private RoundResult? Alike(ImprovementPlan plan) => _facts.Earlier.LastOrDefault(r => r.Plan.Strategy == plan.Strategy && r.Plan.Teacher == plan.Teacher);

    private const int LeastGrowth = 50;
}
