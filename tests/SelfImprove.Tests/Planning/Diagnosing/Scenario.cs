using SelfImprove.Planning;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Tests.Planning.Diagnosing;

/// <summary>What goes wrong.</summary>
public enum Trouble
{
    Nothing,
    Infrastructure,
    Liar5,
    Liar20,
    Liar40,
    BadPromotion,
    NewClasses,
    WeakSlice,
    Contradictions,
}

/// <summary>One request of a scenario: what comes in, what is right to whoever asks, and how the service does.</summary>
internal sealed record ScenarioRequest(string Text, string Right, bool Fails, double LatencyMs, string? Channel);

/// <summary>One agent's course, drawn from a seed: some hundred requests while all is well, then its trouble.</summary>
internal sealed class Scenario
{
    private const int Variants = 4;
    private readonly SeededRandom _random;
    private readonly ScenarioTexts _texts;
    private readonly Trouble _trouble;
    private readonly int _kind;
    private readonly double _extent;
    private readonly HashSet<string> _special;
    private readonly Dictionary<string, string> _twin = [];
    private readonly List<TextExample> _popular;

    public Scenario(ScenarioTexts texts, Trouble trouble, int seed)
    {
        (_texts, _trouble, _kind) = (texts, trouble, seed % 2);
        _random = new SeededRandom($"{texts.Name}/{trouble}/{seed}");
        _extent = _random.NextDouble();
        var variant = seed % Variants;
        var draw = new SeededRandom($"{texts.Name}/{trouble}/classes-{variant}");
        var shuffled = draw.Sample(texts.Classes, texts.Classes.Count);
        _special = trouble switch
        {
            Trouble.NewClasses => [.. shuffled.Take(Math.Max(1, texts.Classes.Count / 4))],
            Trouble.WeakSlice when _kind == 0 => [shuffled[0]],
            Trouble.Contradictions => [.. shuffled.Take(texts.Classes.Count / 4 * 2)],
            _ => [],
        };
        if (trouble == Trouble.Contradictions)
            foreach (var (a, b) in shuffled.Take(texts.Classes.Count / 4 * 2).Chunk(2).Select(p => (p[0], p[1]))) (_twin[a], _twin[b]) = (b, a);
        _popular = [.. _random.Sample(texts.Traffic, 150)];
        var name = trouble switch
        {
            Trouble.NewClasses => $"without-{variant}", Trouble.WeakSlice when _kind == 0 => $"weak-{variant}", Trouble.Contradictions => $"torn-{variant}", _ => $"sound-{variant}",
        };
        var sound = texts.Taught(name, r => Rows(texts.Rows, r));
        (Previous, Champion) = trouble != Trouble.BadPromotion
            ? (texts.Taught($"{name}-before", r => Rows(texts.Rows * 3 / 4, r)), sound)
            : (sound, texts.Taught($"bad-{variant}", r => Spoilt(variant, r)));
    }

    public const double Responds = 0.7;
    public const double WrongThumbs = 0.1;

    public ScenarioTexts.Student Champion { get; }

    public ScenarioTexts.Student Previous { get; }

    /// <summary>The share of all feedback that one source gives, who lies.</summary>
    public double LiarShare => _trouble switch { Trouble.Liar5 => 0.05, Trouble.Liar20 => 0.2, Trouble.Liar40 => 0.4, _ => 0 };

    /// <summary>What the liar says of an answer.</summary>
    public bool Lie(bool right) => _kind == 0 && !right;

    public static DiagnosisCause CauseOf(Trouble trouble) => trouble switch
    {
        Trouble.Infrastructure => DiagnosisCause.Infrastructure,
        Trouble.Liar5 or Trouble.Liar20 or Trouble.Liar40 => DiagnosisCause.BadFeedbackSource,
        Trouble.BadPromotion => DiagnosisCause.Regression,
        Trouble.NewClasses => DiagnosisCause.InputShift,
        Trouble.WeakSlice => DiagnosisCause.WeakSlices,
        Trouble.Contradictions => DiagnosisCause.ContradictoryLabels,
        _ => DiagnosisCause.None,
    };

    public bool Chance(double probability) => _random.NextBool(probability);

    public int Pick(int count) => _random.Next(count);

    /// <summary>The next request; before or after the trouble began.</summary>
    public ScenarioRequest Next(bool after)
    {
        var row = after || _trouble is Trouble.WeakSlice or Trouble.Contradictions ? Late(after) : Early();
        var (text, label, channel) = (row.Text, row.Label, (string?)"web");
        if (_trouble == Trouble.WeakSlice && _kind == 1 && Chance(0.18 + (0.12 * _extent))) (text, channel) = (Garbled(text), "sms");
        // Whoever asks is of one school or the other.
        if (_twin.TryGetValue(label, out var other)) label = string.CompareOrdinal(label, other) < 0 == Chance(0.5) ? label : other;
        var isBroken = _trouble == Trouble.Infrastructure && after;
        var fails = isBroken && _kind == 0 && Chance(0.12 + (0.3 * _extent));
        var latency = (200 + (200 * _random.NextDouble())) * (isBroken && _kind == 1 ? 8 + (12 * _extent) : 1);
        return new ScenarioRequest(text, label, fails, latency, channel);
    }

    private TextExample Early()
    {
        while (true)
        {
            var row = Any();
            if (_trouble != Trouble.NewClasses || !_special.Contains(row.Label)) return row;
        }
    }

    private TextExample Late(bool after) => _trouble switch
    {
        Trouble.NewClasses when Chance(0.18 + (0.3 * _extent)) => OfSpecial(),
        Trouble.NewClasses => Early(),
        Trouble.WeakSlice when _kind == 0 && Chance(after ? 0.16 + (0.1 * _extent) : 0.1) => OfSpecial(),
        Trouble.Contradictions when Chance(after ? 0.45 + (0.15 * _extent) : 0.1) => OfSpecial(),
        _ => Any(),
    };

    // Some things are asked again and again.
    private TextExample Any() => Chance(0.3) ? _popular[Pick(_popular.Count)] : _texts.Traffic[Pick(_texts.Traffic.Count)];

    private TextExample OfSpecial()
    {
        var rows = _texts.ByClass[_special.ElementAt(Pick(_special.Count))];
        return rows[Pick(Chance(0.5) ? Math.Min(6, rows.Count) : rows.Count)];
    }

    private List<TextExample> Rows(int each, SeededRandom random) =>
    [
        .. _texts.Classes.Where(c => _trouble != Trouble.NewClasses || !_special.Contains(c))
            .SelectMany(c => _texts.Lessons(c, _trouble == Trouble.WeakSlice && _special.Contains(c) ? 3 : each, random))
            .Select(l => _twin.TryGetValue(l.Label, out var other) && random.NextBool(0.5) ? l with { Label = other } : l),
    ];

    // A promotion goes wrong by few rows and careless labels, or by labels of a teacher that mistakes classes for others.
    private List<TextExample> Spoilt(int variant, SeededRandom random)
    {
        if (variant % 2 == 0) return [.. _texts.Classes.SelectMany(c => _texts.Lessons(c, 4, random))
            .Select(l => random.NextBool(0.3) ? l with { Label = _texts.Classes[random.Next(_texts.Classes.Count)] } : l)];
        var mistaken = random.Sample(_texts.Classes, Math.Max(2, _texts.Classes.Count / 3)).ToList();
        return [.. Rows(_texts.Rows, random).Select(l => mistaken.IndexOf(l.Label) is >= 0 and var at ? l with { Label = mistaken[(at + 1) % mistaken.Count] } : l)];
    }

    // As typed on a small keyboard: no vowels but the first letters, half of the words.
    private static string Garbled(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words.Where((_, i) => i % 2 == words.Length % 2).Select(w => w[0] + string.Concat(w.Skip(1).Where(c => !"aeiou".Contains(c, StringComparison.Ordinal)))));
    }
}
