namespace SelfImprove.Planning;

/// <summary>That a source judged an item.</summary>
/// <param name="Item">The interaction.</param>
/// <param name="Reward">Its reward, [0,1].</param>
public sealed record SourceJudgement(string Item, double Reward);
