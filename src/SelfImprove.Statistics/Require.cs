using System.Runtime.CompilerServices;

namespace SelfImprove.Statistics;

/// <summary>
/// Argument checks shared by all methods: a number out of range is a bug of the caller, so it throws; data too thin for an answer is not, so it yields null.
/// </summary>
internal static class Require
{
    public static double Finite(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be a finite number.");

    public static double Positive(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        double.IsFinite(value) && value > 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and above 0.");

    public static double NonNegative(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        double.IsFinite(value) && value >= 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and at least 0.");

    /// <summary>In [0, 1].</summary>
    public static double Rate(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be between 0 and 1.");

    /// <summary>In (0, 1): error rates, confidence levels, design rates.</summary>
    public static double Fraction(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value is > 0 and < 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be strictly between 0 and 1.");

    public static long Count(long value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value >= 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} is a count and cannot be negative.");

    public static int AtLeast(int value, int minimum, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value >= minimum ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {minimum}.");

    public static void Part(long part, long whole, [CallerArgumentExpression(nameof(part))] string? name = null)
    {
        if (part < 0 || part > whole)
            throw new ArgumentOutOfRangeException(name, part, $"{name} must be between 0 and the total of {whole}.");
    }

    public static void SameLength(int first, int second)
    {
        if (first != second)
            throw new ArgumentException($"The two sequences answer the same items, so they must have one length; they have {first} and {second}.");
    }
}
