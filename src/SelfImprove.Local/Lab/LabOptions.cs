using SelfImprove.Agents.Manifests;

namespace SelfImprove.Local.Lab;

/// <summary>What the laboratory is asked to do.</summary>
public sealed record LabOptions
{
    /// <summary>Fewest interactions of a run.</summary>
    public const int FewestInteractions = 400;

    /// <summary>The scenarios, each played with the same seeds.</summary>
    public required IReadOnlyList<LabScenario> Scenarios { get; init; }

    /// <summary>How many seeds, from 1: each gives its own split of the data, users, and order.</summary>
    public int Seeds { get; init; } = 10;

    /// <summary>Interactions of a run.</summary>
    public int Interactions { get; init; } = 20_000;

    /// <summary>Interactions of a virtual week: the traffic's volume.</summary>
    public int Week { get; init; } = 5_000;

    /// <summary>Labelled text, CSV, first two columns text and label; null for the shipped office requests.</summary>
    public string? Data { get; init; }

    /// <summary>Held-out labelled text; null to hold out a fifth of <see cref="Data"/>.</summary>
    public string? Test { get; init; }

    /// <summary>The manifest whose policy is tried (triggers, budget, planning, evaluation, deployment, goal, feedback); its task and teachers are the
    /// laboratory's. Null for the demo's.</summary>
    public AgentManifest? Policy { get; init; }

    /// <summary>Runs at once.</summary>
    public int Parallel { get; init; } = Environment.ProcessorCount;

    /// <summary>The interaction, from 0, at which the scenario's change comes.</summary>
    public int ChangeAt => Interactions / 4;

    /// <summary>Interactions over which a drift grows to its full.</summary>
    public int DriftOver => Math.Max(1, Interactions / 20);

    /// <summary>Interactions of a bucket of the tables.</summary>
    public int Bucket => Math.Max(1, Interactions / 40);

    /// <summary>Virtual time between two interactions.</summary>
    public TimeSpan Between => TimeSpan.FromDays(7) / Week;
}
