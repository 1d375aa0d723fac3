using SelfImprove.Agents.Manifests;

namespace SelfImprove.Testing.Planning;

/// <summary>The agent of a contest: what every strategy has to do with.</summary>
public static class ContestManifest
{
    public const string Agent = "contest", Cheap = "cheap", Dear = "dear", Careful = "careful", Cascade = "cascade", Judge = "judge";

    /// <summary>What a label of the cheap teacher costs, in USD: budgets are told in such labels.</summary>
    public const decimal CheapPrice = 0.004m;

    /// <summary>How many cheap labels a dear one costs.</summary>
    public const int DearPerCheap = 3;

    /// <summary>How sure the cheap teacher has to be for the cascade to believe it.</summary>
    public const double Sure = 0.6;

    /// <summary>Makes it.</summary>
    /// <param name="data">The data.</param>
    /// <param name="teacher">The teachers, for what they are known to get right.</param>
    /// <param name="labels">The budget of a run, in cheap labels.</param>
    public static AgentManifest Create(ContestData data, ContestTeacher teacher, int labels) => new()
    {
        Agent = Agent,
        Goal = new GoalSettings { Metric = "helpful", Value = 0.05m },
        Metrics = [new MetricSettings { Name = "helpful" }],
        Task = new TaskSettings { Labels = data.Classes },
        Teachers =
        [
            new TeacherSettings { Name = Cheap, Model = $"contest:{Cheap}", Price = CheapPrice, Accuracy = Math.Round(teacher.CheapAccuracy, 2) },
            new TeacherSettings { Name = Dear, Model = $"contest:{Dear}", Price = CheapPrice * DearPerCheap, Accuracy = ContestTeacher.DearAccuracy },
            new TeacherSettings
            {
                Name = Careful, Model = $"contest:{Cheap}", Price = CheapPrice, Accuracy = Math.Round(teacher.CheapAccuracy, 2), MinConfidence = Sure,
            },
            new TeacherSettings { Name = Cascade, Kind = TeacherKind.Cascade, Members = [Careful, Dear], Accuracy = Math.Round(teacher.CascadeAccuracy, 2) },
            // It labels validation items and never teaches: what it costs is not what is compared.
            new TeacherSettings { Name = Judge, Model = $"contest:{Judge}", Price = 0, Accuracy = 1 },
        ],
        Triggers = [new TriggerSettings { Kind = TriggerKind.Request }],
        Improvement = new ImprovementSettings { Mode = ImprovementMode.Auto },
        Evaluation = new EvaluationSettings { Labeller = Judge, Items = 400, ValidationShare = 0.1 },
        Feedback = new FeedbackSettings { WrongShare = 0.05 },
        Planning = new PlanningSettings { MaxWait = 0 },
        Budget = new BudgetSettings { PerRun = labels * CheapPrice, PerMonth = 1_000 },
    };
}
