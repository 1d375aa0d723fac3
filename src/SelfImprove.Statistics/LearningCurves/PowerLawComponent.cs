namespace SelfImprove.Statistics.LearningCurves;

/// <summary>One of the plausible curves: error(n) = scale (n / reference)^-b + c, the scale itself normal.</summary>
internal readonly record struct PowerLawComponent(double Weight, double B, double C, double Scale, double ScaleDeviation, double Training);
