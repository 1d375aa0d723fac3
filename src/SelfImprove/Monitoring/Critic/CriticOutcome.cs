namespace SelfImprove.Monitoring.Critic;

/// <summary>What a look of the critic found.</summary>
/// <param name="Checked">Interactions it checked this time.</param>
/// <param name="Failed">Of these, failed.</param>
/// <param name="RecentFailedShare">The share of failed checks among its last 100; null before it made 30.</param>
/// <param name="RequestsImprovement">Whether that share is above the manifest's <c>critic.requestAbove</c>.</param>
/// <param name="Evidence">For a person: what fails most; null where nothing failed lately.</param>
public sealed record CriticOutcome(int Checked, int Failed, double? RecentFailedShare, bool RequestsImprovement, string? Evidence);
