using SelfImprove.Statistics.Randomness;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Testing.Planning;

/// <summary>
/// One seed's split of labelled text: what the champion was taught, what the cheap teacher learnt from, the traffic that may be labelled, and texts that
/// nobody ever labels, by which accuracy is told.
/// </summary>
public sealed record ContestData
{
    private const double TeachersShare = 0.3;
    private const int MostTraffic = 4_000, MostHeld = 3_000;

    public required ulong Seed { get; init; }

    public required IReadOnlyList<string> Classes { get; init; }

    public required IReadOnlyList<TextExample> Start { get; init; }

    public required IReadOnlyList<TextExample> Schooling { get; init; }

    public required IReadOnlyList<TextExample> Traffic { get; init; }

    public required IReadOnlyList<TextExample> Held { get; init; }

    /// <summary>Splits.</summary>
    /// <param name="rows">Labelled text.</param>
    /// <param name="test">Held-out labelled text; empty to hold out a fifth of the rows.</param>
    /// <param name="startRows">Rows a class that the champion was taught.</param>
    /// <param name="seed">Seeds all.</param>
    public static ContestData Split(IReadOnlyList<TextExample> rows, IReadOnlyList<TextExample> test, int startRows, ulong seed)
    {
        var random = new SeededRandom(seed).Split("contest");
        var shuffled = rows.DistinctBy(r => r.Text.Trim().ToLowerInvariant()).ToArray();
        random.Shuffle<TextExample>(shuffled);
        var held = test.ToArray();
        if (held.Length == 0) (held, shuffled) = (shuffled[..(shuffled.Length / 5)], shuffled[(shuffled.Length / 5)..]);
        random.Shuffle<TextExample>(held);
        var start = shuffled.GroupBy(r => r.Label, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).SelectMany(g => g.Take(startRows)).ToList();
        var taken = start.Select(s => s.Text).ToHashSet(StringComparer.Ordinal);
        var rest = shuffled.Where(r => !taken.Contains(r.Text)).ToArray();
        var schooled = (int)(TeachersShare * rest.Length);
        var classes = start.Select(s => s.Label).Distinct(StringComparer.Ordinal).ToList();
        return new ContestData
        {
            Seed = seed, Classes = classes, Start = start, Schooling = rest[..schooled], Traffic = [.. rest[schooled..].Take(MostTraffic)],
            Held = [.. held.Where(h => classes.Contains(h.Label)).Take(MostHeld)],
        };
    }
}
