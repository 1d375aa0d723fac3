using SelfImprove.Agents.Manifests;
using SelfImprove.Evaluation.Scoring;

namespace SelfImprove.Evaluation.Judging;

/// <summary>What is to be judged.</summary>
public sealed record JudgeQuestion
{
    /// <summary>The evaluation.</summary>
    public required EvaluateInput Evaluation { get; init; }

    /// <summary>The run's manifest.</summary>
    public required AgentManifest Manifest { get; init; }

    /// <summary>How both versions answered.</summary>
    public required IReadOnlyList<ItemScore> Scores { get; init; }

    /// <summary>Which attempt of the round, from 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>Items drawn.</summary>
    public int Drawn { get; init; }

    /// <summary>The validation set's version.</summary>
    public string? Set { get; init; }

    /// <summary>The error rate left to this round.</summary>
    public required double AlphaLeft { get; init; }

    /// <summary>Whether no further attempt can follow: it may spend all that is left; the others spend half.</summary>
    public bool Last { get; init; }

    /// <summary>Whether the labels come from another source than the candidate's training labels: only then is superiority proven for the rollout.</summary>
    public bool IndependentLabels { get; init; } = true;

    /// <summary>Whether no judge is the model of a teacher that gave training labels.</summary>
    public bool IndependentJudges { get; init; } = true;

    /// <summary>What limits the judgement, known before it.</summary>
    public IReadOnlyList<string> Caveats { get; init; } = [];

    /// <summary>What labelling cost, in USD.</summary>
    public decimal CostUsd { get; init; }
}
