using SelfImprove.Agents.Manifests;

namespace SelfImprove.Testing.Loop;

/// <summary>The manifest of the small task.</summary>
public static class SmallManifest
{
    public const string TeacherPath = "agents/desk/teachers/strong.model";

    /// <summary>A teacher that names the wrong class, always the same one for a class: what it teaches is learnt well and is wrong.</summary>
    public const string LiarPath = "agents/desk/teachers/liar.model";

    public static AgentManifest Create(SmallTask task) => new()
    {
        Agent = ImprovementWorld.Agent,
        Goal = new GoalSettings { Metric = "helpful", Value = 0.05m },
        Metrics = [new MetricSettings { Name = "helpful" }],
        Task = new TaskSettings { Labels = task.Classes },
        Teachers =
        [
            new TeacherSettings { Name = "strong", Model = $"builtin:{TeacherPath}", Price = 0.004m, Accuracy = 0.97 },
            new TeacherSettings { Name = "people", Kind = TeacherKind.People, Price = 0.2m, Accuracy = 0.99 },
        ],
        Triggers = [new TriggerSettings { Kind = TriggerKind.Trend }, new TriggerSettings { Kind = TriggerKind.Request }],
        Improvement = new ImprovementSettings { Mode = ImprovementMode.Auto },
        Evaluation = new EvaluationSettings { Labeller = "people", Items = 80, MaxItems = 150 },
        Deployment = new DeploymentSettings { Rollout = new RolloutSettings { Deadline = TimeSpan.FromDays(2) } },
        Feedback = new FeedbackSettings { WrongShare = 0.05, Maturity = TimeSpan.FromMinutes(10) },
        Planning = new PlanningSettings { MaxWait = 600 },
        Budget = new BudgetSettings { PerRun = 100, PerMonth = 200 },
    };
}
