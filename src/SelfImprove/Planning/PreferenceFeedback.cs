namespace SelfImprove.Planning;

/// <summary>The feedback of an agent as a trainer of decisions may take it: as pairs, or its better answers as rows.</summary>
/// <param name="Pairs">Texts with a better and a worse decision.</param>
public sealed record PreferenceFeedback(IReadOnlyList<(string Text, string Better, string Worse)> Pairs);
