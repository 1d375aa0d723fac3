namespace SelfImprove.Training.Builtin;

/// <summary>One measured point of a learning curve.</summary>
/// <param name="Rows">Training rows of the fit.</param>
/// <param name="Error">Share of held-out items answered wrong, weighted, in [0,1].</param>
/// <param name="Items">Held-out items that the error was measured on.</param>
public readonly record struct LearningCurvePoint(int Rows, double Error, int Items);
