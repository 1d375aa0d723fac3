namespace SelfImprove.Planning;

/// <summary>Where a slice's learning curve starts.</summary>
/// <param name="Slice">The slice: what the champion decided.</param>
/// <param name="Share">Its share of recent inputs, [0,1].</param>
/// <param name="Error">The champion's error in it, [0,1].</param>
/// <param name="Items">Labelled inputs that the error was counted on.</param>
/// <param name="Rows">The champion's rows of it.</param>
public sealed record SliceGround(string Slice, double Share, double Error, int Items, int Rows);
