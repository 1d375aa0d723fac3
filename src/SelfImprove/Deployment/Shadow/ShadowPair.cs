using SelfImprove.Models;

namespace SelfImprove.Deployment.Shadow;

/// <summary>A request that both versions answered: the champion when it came, the challenger afterwards, in the shadow.</summary>
public sealed record ShadowPair
{
    /// <summary>The interaction's id.</summary>
    public required string Interaction { get; init; }

    /// <summary>The caller's key; null makes the interaction its own.</summary>
    public string? Key { get; init; }

    /// <summary>What the champion said; null where it failed.</summary>
    public AgentOutput? Champion { get; init; }

    /// <summary>How the champion failed; null where it did not.</summary>
    public string? ChampionError { get; init; }

    /// <summary>What is wrong with the form of the champion's answer; null where nothing is.</summary>
    public string? ChampionProblem { get; init; }

    /// <summary>How long the champion took, in ms; null where the gateway did not measure it as the challenger is measured.</summary>
    public double? ChampionMs { get; init; }

    /// <summary>What the challenger would have said; null where it failed.</summary>
    public AgentOutput? Challenger { get; init; }

    /// <summary>How the challenger failed; null where it did not.</summary>
    public string? ChallengerError { get; init; }

    /// <summary>What is wrong with the form of the challenger's answer (or that it declined); null where nothing is.</summary>
    public string? ChallengerProblem { get; init; }

    /// <summary>How long the challenger took, in ms.</summary>
    public double? ChallengerMs { get; init; }

    /// <summary>By how much the scorer finds the challenger's answer better, [-1,1]; null where nobody compared them.</summary>
    public double? Score { get; init; }

    /// <summary>Why there is no score though there is a scorer.</summary>
    public string? Unscored { get; init; }

    /// <summary>What the challenger's answer and the comparison cost, in USD.</summary>
    public decimal CostUsd { get; init; }
}

/// <summary>A few pairs that were asked for and paid for together: <c>runs/{agent}/{run}/shadow-{round}-{number}.json</c>, written once.</summary>
/// <param name="Number">Its number, from 0.</param>
/// <param name="ChargedUsd">What was charged before; the rest is booked after.</param>
/// <param name="IsLast">Whether no request was waiting behind them.</param>
/// <param name="Pairs">The pairs.</param>
public sealed record ShadowLot(int Number, decimal ChargedUsd, bool IsLast, IReadOnlyList<ShadowPair> Pairs);
