namespace SelfImprove.DataGeneration;

/// <summary>What a file of preference pairs holds: a part of its dataset's card.</summary>
/// <param name="Path">The file: a store path. Each pair's source lies beside it.</param>
/// <param name="Count">How many pairs.</param>
/// <param name="FromCorrections">How many of them come from corrections; the others come from thumbs.</param>
/// <param name="Sources">Pairs per source: <c>feedback:{source}</c>.</param>
/// <param name="Filtered">Pairs that were left out: <c>screened</c> (as rows are), <c>sourceCap</c>.</param>
/// <param name="ContentHash">SHA-256 of the file's bytes, lower-case hexadecimal.</param>
public sealed record PairsCard(
    string Path, int Count, int FromCorrections, IReadOnlyDictionary<string, int> Sources, IReadOnlyDictionary<string, int> Filtered, string ContentHash);
