namespace SelfImprove.Training.Builtin;

/// <summary>Two classes for one text, one better than the other.</summary>
/// <param name="Text">The input as it came.</param>
/// <param name="Preferred">The better class; not empty.</param>
/// <param name="NonPreferred">The worse class; not empty, another than <paramref name="Preferred"/>.</param>
/// <param name="Weight">How much the pair counts, from 0.000001 to 1,000,000; 1 is one ordinary pair.</param>
public sealed record TextPair(string Text, string Preferred, string NonPreferred, double Weight = 1);
