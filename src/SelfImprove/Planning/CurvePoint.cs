namespace SelfImprove.Planning;

/// <summary>A measured point of a learning curve.</summary>
/// <param name="Rows">New rows, besides what the champion was trained on.</param>
/// <param name="Error">The error on held-out recent inputs, [0,1].</param>
/// <param name="Items">How many items it was measured on.</param>
public sealed record CurvePoint(int Rows, double Error, int Items);
