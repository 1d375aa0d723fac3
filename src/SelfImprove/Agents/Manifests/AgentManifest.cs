using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>An agent's configuration, as its administrator writes it (YAML or JSON). Immutable; a change is a new revision.</summary>
public sealed record AgentManifest
{
    /// <summary>The agent's name: <c>[a-z0-9-]{1,63}</c>. Callers use it as the <c>model</c> of the gateway.</summary>
    [RegularExpression("[a-z0-9-]{1,63}")]
    public required string Agent { get; init; }

    /// <summary>What the agent is for, for people and teachers.</summary>
    [MaxLength(4_000)]
    public string Description { get; init; } = "";

    /// <summary>A group of agents of which only one improves at a time; null for none.</summary>
    [RegularExpression("[a-z0-9-]{1,63}")]
    public string? Group { get; init; }

    /// <summary>What the agent is to reach.</summary>
    public required GoalSettings Goal { get; init; }

    /// <summary>The metrics that feedback may use; the goal's is among them.</summary>
    [MinLength(1)]
    public required IReadOnlyList<MetricSettings> Metrics { get; init; }

    /// <summary>What the agent does: the form of its output and what it may use.</summary>
    public required TaskSettings Task { get; init; }

    /// <summary>What is trained, and how.</summary>
    public StudentSettings Student { get; init; } = new();

    /// <summary>Whom the runtime may ask for better outputs.</summary>
    public IReadOnlyList<TeacherSettings> Teachers { get; init; } = [];

    /// <summary>When to think about improving; any combination.</summary>
    public IReadOnlyList<TriggerSettings> Triggers { get; init; } = [];

    /// <summary>How much the runtime may do by itself.</summary>
    public ImprovementSettings Improvement { get; init; } = new();

    /// <summary>How plans are made.</summary>
    public PlanningSettings Planning { get; init; } = new();

    /// <summary>What may be spent.</summary>
    public BudgetSettings Budget { get; init; } = new();

    /// <summary>How training data is cleaned.</summary>
    public DataSettings Data { get; init; } = new();

    /// <summary>How a candidate is judged.</summary>
    public EvaluationSettings Evaluation { get; init; } = new();

    /// <summary>How a candidate reaches the traffic.</summary>
    public DeploymentSettings Deployment { get; init; } = new();

    /// <summary>How feedback is read.</summary>
    public FeedbackSettings Feedback { get; init; } = new();

    /// <summary>The runtime's own checks on live traffic.</summary>
    public CriticSettings Critic { get; init; } = new();

    /// <summary>Which steps wait for a person.</summary>
    public ApprovalSettings Approvals { get; init; } = new();
}
