namespace SelfImprove.Planning;

/// <summary>Errors of sub-sampled fits on the champion's own rows, judged on rows left out: how steep the curve has been.</summary>
/// <param name="Rows">The champion's rows; every one was judged.</param>
/// <param name="OfQuarter">The error after a quarter of them, [0,1].</param>
/// <param name="OfHalf">The error after half of them, [0,1].</param>
public sealed record SubSampledErrors(int Rows, double OfQuarter, double OfHalf);
