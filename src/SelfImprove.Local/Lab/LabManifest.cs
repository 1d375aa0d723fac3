using SelfImprove.Agents.Manifests;
using SelfImprove.Local.Demo;

namespace SelfImprove.Local.Lab;

/// <summary>The manifest of the laboratory's agent: the demo's, or the policy that a user tries, with the laboratory's task and teachers.</summary>
public static class LabManifest
{
    /// <summary>Makes it.</summary>
    /// <param name="data">The data.</param>
    /// <param name="policy">The user's manifest; null for the demo's policy with a week for the A/B test.</param>
    public static AgentManifest Create(DemoData data, AgentManifest? policy)
    {
        var demo = DemoManifest.Create(data, LabTeacher.Accuracy);
        var teachers = new[] { demo.Teachers[0] with { Model = LabTeacher.Reference, Price = LabTeacher.Price }, demo.Teachers[1] };
        if (policy is null)
            return demo with { Teachers = teachers, Deployment = new DeploymentSettings { Rollout = new RolloutSettings { Deadline = TimeSpan.FromDays(7) } } };
        return policy with
        {
            Agent = demo.Agent,
            Description = demo.Description,
            Task = demo.Task,
            Teachers = teachers,
            // What can't be simulated: people who approve, models that plan or judge, and endpoints.
            Improvement = policy.Improvement with { Mode = ImprovementMode.Auto },
            Approvals = new ApprovalSettings(),
            Planning = policy.Planning with { Model = null },
            Evaluation = policy.Evaluation with { Labeller = DemoManifest.People, Evaluator = "decision", Judge = null, GoldenSet = null },
            Critic = policy.Critic with { Judge = null },
            Student = demo.Student,
            Deployment = new DeploymentSettings { Rollout = policy.Deployment.Rollout },
        };
    }
}
