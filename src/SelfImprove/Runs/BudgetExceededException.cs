namespace SelfImprove.Runs;

/// <summary>A charge would exceed a budget: nothing was charged, the work must not start.</summary>
/// <param name="message">Which budget, how much is left, how much was asked for.</param>
public sealed class BudgetExceededException(string message) : Exception(message);
