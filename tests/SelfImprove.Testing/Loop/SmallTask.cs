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
    private readonly Dictionary<string, Queue<string>> _given = [];

    public SmallTask(int classes, int seed)
    {
        _random = new SeededRandom((ulong)seed);
        for (var c = 0; c < classes; c++)
            _words[$"class-{c}"] = [.. Enumerable.Range(0, 14).Select(_ => Word())];
    }

    /// <summary>A task of real texts, each said once, in the order given.</summary>
    public SmallTask(IEnumerable<TextExample> texts, int seed)
    {
        _random = new SeededRandom((ulong)seed);
        foreach (var text in texts)
        {
            _words.TryAdd(text.Label, []);
            Give(text);
        }
    }

    private SmallTask(SmallTask origin, string name)
    {
        _random = origin._random.Split(name);
        _words = origin._words;
        _said = [.. origin._said];
        foreach (var (label, texts) in origin._given) _given[label] = new Queue<string>(texts);
    }

    /// <summary>The same task with a stream of texts of its own.</summary>
    public SmallTask Fork(string name) => new(this, name);

    public List<string> Classes => [.. _words.Keys];

    /// <summary>A text to say the next time that its class is asked for, whether or not it was said before.</summary>
    public void Give(TextExample text)
    {
        if (!_given.TryGetValue(text.Label, out var texts)) _given[text.Label] = texts = new Queue<string>();
        texts.Enqueue(text.Text);
    }

    /// <summary>The next text of a class: one that was given, otherwise a new one, never the same twice.</summary>
    public string Say(string label)
    {
        if (_given.TryGetValue(label, out var given) && given.TryDequeue(out var next)) return next;
        if (_words[label].Length == 0) throw new InvalidOperationException($"All texts of {label} were said.");
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
