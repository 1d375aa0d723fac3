namespace SelfImprove.Evaluation.Comparing;

/// <summary>The output of <see cref="CompareAnswers"/>.</summary>
/// <param name="Answers">Store path: one <see cref="AnswerPair"/> a line.</param>
/// <param name="Differing">Items of the sample that the two versions answer differently.</param>
/// <param name="Labeller">The teacher that labels those without a label.</param>
/// <param name="ToLabel">Store path of the items whose label is wanted and not there yet.</param>
/// <param name="ToLabelCount">How many.</param>
public sealed record ComparedAnswers(string Answers, int Differing, string Labeller, string ToLabel, int ToLabelCount);
