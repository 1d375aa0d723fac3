namespace SelfImprove.Planning;

/// <summary>A measured point of a learning curve.</summary>
/// <param name="Rows">New rows, besides what the champion was trained on.</param>
/// <param name="Error">The share of held-out recent inputs answered otherwise than their label, [0,1].</param>
/// <param name="Items">How many items it was measured on.</param>
/// <param name="IsTrue">Whether the labels are independent ones, of an evaluation; a probe's are a teacher's, with its errors.</param>
public sealed record CurvePoint(int Rows, double Error, int Items, bool IsTrue = false);
