namespace SelfImprove.Evaluation.ValidationSets;

/// <summary>The output of <see cref="PrepareValidation"/>.</summary>
/// <param name="Items">Store path of the drawn items.</param>
/// <param name="Count">How many.</param>
/// <param name="Exhausted">Whether there are no more to be had: the traffic, or the manifest's <c>maxItems</c>, gives no more.</param>
public sealed record PreparedValidation(string Items, int Count, bool Exhausted);
