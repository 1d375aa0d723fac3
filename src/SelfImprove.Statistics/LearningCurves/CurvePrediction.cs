namespace SelfImprove.Statistics.LearningCurves;

/// <summary>What a learning curve expects at a training-set size.</summary>
/// <param name="Examples">Training examples.</param>
/// <param name="Error">Expected error.</param>
/// <param name="StandardDeviation">Standard deviation around it: of the curve, of training, and of measuring where that was asked for.</param>
/// <param name="Interval">Interval that holds the realised error with the probability asked for.</param>
public sealed record CurvePrediction(double Examples, double Error, double StandardDeviation, ConfidenceInterval Interval);
