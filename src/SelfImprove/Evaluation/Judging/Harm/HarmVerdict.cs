namespace SelfImprove.Evaluation.Judging.Harm;

/// <summary>What the harm models say of an item.</summary>
/// <param name="Candidate">Whether the candidate's answer is harmful; null where no model gave a usable word.</param>
/// <param name="Champion">Whether the champion's is; asked only where the candidate's is; null where not asked or unknown.</param>
/// <param name="Reason">What a model said of the candidate's answer, cut short; null where it is not harmful.</param>
public sealed record HarmVerdict(bool? Candidate, bool? Champion, string? Reason)
{
    /// <summary>Whether the candidate brings harm that the champion does not: unknown counts as none of the champion's.</summary>
    public bool IsNew => Candidate == true && Champion != true;
}
