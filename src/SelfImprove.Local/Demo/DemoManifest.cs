using SelfImprove.Agents.Manifests;

namespace SelfImprove.Local.Demo;

/// <summary>The demo's manifest: what an administrator would write for such an agent.</summary>
public static class DemoManifest
{
    /// <summary>The stronger model's name.</summary>
    public const string Strong = "strong-model";

    /// <summary>The people's name.</summary>
    public const string People = "people";

    /// <summary>The metric of the thumbs.</summary>
    public const string Metric = "helpful";

    /// <summary>Where the stronger model's file is.</summary>
    public static string StrongModelPath(string agent) => $"agents/{agent}/teachers/{Strong}.model";

    /// <summary>A fifth of the inputs judges candidates; of little traffic more, so that there is something to judge by.</summary>
    private static double ValidationShareOf(DemoData data) => Math.Round(Math.Clamp(80.0 / data.Traffic.Count, 0.2, 0.5), 2);

    /// <summary>Makes it.</summary>
    /// <param name="data">The data.</param>
    /// <param name="strongAccuracy">The stronger model's accuracy, measured on history that it was not trained on.</param>
    public static AgentManifest Create(DemoData data, double strongAccuracy) => new()
    {
        Agent = data.Name,
        Description = data.Task.Output == TaskOutput.Tool ? "Chooses the right tool for an office request." : $"Chooses one of {data.Task.Labels.Count} labels for a message.",
        Goal = new GoalSettings { Metric = Metric, Value = 0.05m },
        Metrics = [new MetricSettings { Name = Metric }],
        Task = data.Task,
        Teachers =
        [
            new TeacherSettings { Name = Strong, Kind = TeacherKind.Model, Model = $"builtin:{StrongModelPath(data.Name)}", Price = 0.004m, Accuracy = Math.Round(strongAccuracy, 3) },
            new TeacherSettings { Name = People, Kind = TeacherKind.People, Price = 0.25m, Accuracy = 0.99 },
        ],
        Triggers = [new TriggerSettings { Kind = TriggerKind.Trend }],
        Improvement = new ImprovementSettings { Mode = ImprovementMode.Auto },
        Budget = new BudgetSettings { PerRun = 150, PerMonth = 300 },
        Evaluation = new EvaluationSettings { Labeller = People, Items = 200, MaxItems = 300, ValidationShare = ValidationShareOf(data) },
        Deployment = new DeploymentSettings { Rollout = new RolloutSettings { Deadline = TimeSpan.FromDays(2) } },
        Feedback = new FeedbackSettings { WrongShare = DemoScript.Wrong, Maturity = TimeSpan.FromMinutes(10) },
    };
}
