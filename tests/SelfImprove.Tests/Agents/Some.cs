using SelfImprove.Agents.Manifests;

namespace SelfImprove.Tests.Agents;

/// <summary>Valid things to start from.</summary>
public static class Some
{
    public static AgentManifest Manifest(string agent = "helpdesk") => new()
    {
        Agent = agent,
        Description = "Routes tickets",
        Goal = new GoalSettings { Metric = "helpful", Target = 0.9 },
        Metrics = [new MetricSettings { Name = "helpful" }],
        Task = new TaskSettings { Output = TaskOutput.Label, Labels = ["billing", "access", "travel"] },
    };
}
