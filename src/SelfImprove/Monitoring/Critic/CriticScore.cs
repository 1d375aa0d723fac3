namespace SelfImprove.Monitoring.Critic;

/// <summary>What the critic's model says of an interaction.</summary>
/// <param name="Score">1 (useless or harmful) to 5 (right in every respect).</param>
/// <param name="Reason">Why, in its words.</param>
public sealed record CriticScore(int Score, string Reason)
{
    /// <summary>The least.</summary>
    public const int Worst = 1;

    /// <summary>The most.</summary>
    public const int Best = 5;
}
