using SelfImprove.Statistics.Randomness;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Testing.Loop;

/// <summary>
/// A small text task for tests of the loop: classes with words of their own and words that they share, so that a student learns
/// in milliseconds, is good where it was taught, and helpless where it was not.
/// </summary>
public sealed class SmallTask
{
    private static readonly string[] Openers = ["please", "could you", "i want to", "can we", "i need to", "help me", "let us", "kindly", "how do i", "time to"];
    private static readonly string[] Closers = ["today", "soon", "now", "for me", "again", "this week", "at once", "thanks", "tomorrow", "before noon", "right away", "if possible"];

    private readonly SeededRandom _random;
    private readonly Dictionary<string, string[]> _words = [];
    private readonly HashSet<string> _said = [];

    public SmallTask(int classes, int seed)
    {
        _random = new SeededRandom((ulong)seed);
        for (var c = 0; c < classes; c++)
            _words[$"class-{c}"] = [.. Enumerable.Range(0, 14).Select(_ => Word())];
    }

    private SmallTask(SmallTask origin, string name)
    {
        _random = origin._random.Split(name);
        _words = origin._words;
        _said = [.. origin._said];
    }

    /// <summary>The same task with a stream of texts of its own.</summary>
    public SmallTask Fork(string name) => new(this, name);

    public List<string> Classes => [.. _words.Keys];

    /// <summary>A new text of a class: never the same twice.</summary>
    public string Say(string label)
    {
        while (true)
        {
            var words = _words[label];
            var text = $"{Pick(Openers)} {Pick(words)} {Pick(words)} {Word()} {Pick(Closers)}";
            if (_said.Add(text)) return text;
        }
    }

    public List<TextExample> Examples(IEnumerable<string> labels, int each) =>
        [.. labels.SelectMany(l => Enumerable.Range(0, each).Select(_ => new TextExample(Say(l), l)))];

    public string PickClass(IReadOnlyList<string> among) => among[_random.Next(among.Count)];

    public bool Chance(double probability) => _random.NextBool(probability);

    private string Pick(string[] of) => of[_random.Next(of.Length)];

    private string Word()
    {
        const string Consonants = "bdfgklmnprstvz", Vowels = "aeiou";
        return string.Concat(Enumerable.Range(0, 2 + _random.Next(2)).Select(_ => $"{Consonants[_random.Next(Consonants.Length)]}{Vowels[_random.Next(Vowels.Length)]}"));
    }
}
