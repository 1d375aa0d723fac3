using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Local.Demo;

/// <summary>
/// Who asks what: a fixed population of users, texts drawn without repetition until a pool is used up, and a mix that drifts from
/// the classes that the student knows towards those that it never saw. All of it derives from the seed.
/// </summary>
public sealed class DemoScript
{
    /// <summary>Users.</summary>
    public const int Users = 900;

    /// <summary>The share of requests that get a thumb.</summary>
    public const double Answering = 0.65;

    /// <summary>The share of thumbs that are wrong.</summary>
    public const double Wrong = 0.1;

    /// <summary>The share of unseen classes that the mix drifts to.</summary>
    public const double Drifted = 0.5;

    /// <summary>Requests over which it drifts.</summary>
    public const int DriftOver = 150;

    private readonly SeededRandom _random;
    private readonly Dictionary<(bool Reserved, bool Unseen), Queue<LabelledText>> _queues = [];
    private readonly DemoData _data;
    private readonly HashSet<string> _unseen;
    private int _asked;

    /// <summary>Prepares the pools.</summary>
    public DemoScript(DemoData data, int seed)
    {
        _data = data;
        _random = new SeededRandom((ulong)seed).Split("demo-script");
        _unseen = data.Unseen.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The next request of the undrifted mix.</summary>
    public DemoRequest Next() => Ask(reserved: false, unseen: false);

    /// <summary>The next request while the mix drifts.</summary>
    /// <param name="since">How many came since the drift began.</param>
    /// <param name="reserved">Whether to draw from what is reserved for the A/B test.</param>
    public DemoRequest NextDrifted(int since, bool reserved) => Ask(reserved, _random.NextBool(Drifted * Math.Min(1, (since + 1.0) / DriftOver)));

    /// <summary>A user's thumb on an answer, or null where the user says nothing.</summary>
    public bool? Thumb(bool right)
    {
        var answers = _random.NextBool(Answering);
        var wrong = _random.NextBool(Wrong);
        return answers ? right != wrong : null;
    }

    private DemoRequest Ask(bool reserved, bool unseen)
    {
        var number = ++_asked;
        var user = _random.Next(Users);
        return new DemoRequest(number, $"user-{user:000}", Draw(reserved, unseen));
    }

    private LabelledText Draw(bool reserved, bool unseen)
    {
        if (!_queues.TryGetValue((reserved, unseen), out var queue)) _queues[(reserved, unseen)] = queue = new Queue<LabelledText>();
        if (queue.Count == 0)
        {
            var pool = (reserved ? _data.Reserved : _data.Traffic).Where(t => _unseen.Contains(t.Label) == unseen).ToArray();
            _random.Shuffle<LabelledText>(pool);
            foreach (var text in pool) queue.Enqueue(text);
        }
        return queue.Dequeue();
    }
}
