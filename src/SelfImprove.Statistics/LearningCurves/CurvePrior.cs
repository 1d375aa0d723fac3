namespace SelfImprove.Statistics.LearningCurves;

/// <summary>
/// What is believed about a learning curve before data. With one or two points it decides; with many it hardly counts. The default exponent is typical of
/// published curves
/// (Hestness et al., "Deep learning scaling is predictable, empirically", 2017: .07 to .35 for language, up to .5 in theory) and of small classifiers.
/// </summary>
/// <param name="Exponent">Median of the exponent b, above 0.</param>
/// <param name="LogSpread">Standard deviation of ln b, above 0.</param>
/// <param name="TrainingSpread">Typical standard deviation of the error between training runs on like data, above 0.</param>
public sealed record CurvePrior(double Exponent = 0.35, double LogSpread = 0.7, double TrainingSpread = 0.01);
