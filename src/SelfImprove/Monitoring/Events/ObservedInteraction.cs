namespace SelfImprove.Monitoring.Events;

/// <summary>An interaction with what is known of it now.</summary>
/// <param name="Interaction">The interaction.</param>
/// <param name="Feedback">The judgements that count: the latest per source and metric, quarantined sources left out.</param>
/// <param name="Reward">The goal metric's mean reward over those judgements, [0,1]; null where there is none.</param>
public sealed record ObservedInteraction(Interaction Interaction, IReadOnlyList<Feedback> Feedback, double? Reward);
