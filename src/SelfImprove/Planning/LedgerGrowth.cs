namespace SelfImprove.Planning;

/// <summary>A past run's rows and what they did.</summary>
/// <param name="Rows">Rows that the champion had been trained on.</param>
/// <param name="Added">New rows.</param>
/// <param name="ErrorBefore">The champion's error, [0,1].</param>
/// <param name="ErrorAfter">The candidate's error, on the same items.</param>
/// <param name="Items">How many items.</param>
public sealed record LedgerGrowth(int Rows, int Added, double ErrorBefore, double ErrorAfter, int Items);
