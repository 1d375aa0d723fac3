namespace SelfImprove.Training.Builtin;

/// <summary>What the student says about one text.</summary>
/// <param name="Label">The most probable class.</param>
/// <param name="Probability">Its calibrated probability, in (0,1].</param>
/// <param name="Margin">Its probability less that of the runner-up, in [0,1]: small means unsure.</param>
public readonly record struct Prediction(string Label, double Probability, double Margin);
