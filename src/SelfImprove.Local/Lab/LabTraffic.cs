using SelfImprove.Local.Demo;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Local.Lab;

/// <summary>
/// One seed's data and traffic. Texts are of two kinds: those that teachers and people may label, and those that are kept out of all training and
/// validation data and serve to tell the reward. A text comes again only when all of its kind have come.
/// </summary>
public sealed class LabTraffic
{
    /// <summary>The share of interactions whose text is never labelled.</summary>
    public const double ScoredShare = 0.4;

    /// <summary>The share of the traffic (and so of the feedback) of the source that lies.</summary>
    public const double LyingShare = 0.2;

    /// <summary>The source that lies.</summary>
    public const string Liar = "integration-7";

    private readonly LabOptions _options;
    private readonly LabScenario _scenario;
    private readonly HashSet<string> _unseen;

    /// <summary>Splits the data and plays the dice.</summary>
    /// <exception cref="DemoDataException">The data can't be used.</exception>
    public LabTraffic(LabOptions options, LabScenario scenario, int seed)
    {
        (_options, _scenario, Seed) = (options, scenario, seed);
        Data = DemoData.Load(new DemoOptions { Data = options.Data, Test = options.Test, Seed = seed });
        _unseen = Data.Unseen.ToHashSet(StringComparer.Ordinal);
        var start = Data.Start.Select(s => s.Text).ToHashSet(StringComparer.Ordinal);
        var open = Data.Traffic.Concat(Data.History.Where(h => !start.Contains(h.Text))).ToList();
        foreach (var text in open.Concat(Data.Reserved)) Truth.TryAdd(text.Text, text.Label);
        Requests = Play(open, new SeededRandom((ulong)seed).Split("lab-traffic"));
    }

    /// <summary>The seed.</summary>
    public int Seed { get; }

    /// <summary>The data.</summary>
    public DemoData Data { get; }

    /// <summary>The right label of every text that may be played.</summary>
    public Dictionary<string, string> Truth { get; } = new(StringComparer.Ordinal);

    /// <summary>What comes, in order.</summary>
    public IReadOnlyList<LabRequest> Requests { get; }

    /// <summary>The share of classes that the agent never saw, at an interaction.</summary>
    public double UnseenShare(int at) => _scenario != LabScenario.Drift || at < _options.ChangeAt
        ? 0
        : DemoScript.Drifted * Math.Min(1, (at - _options.ChangeAt + 1.0) / _options.DriftOver);

    /// <summary>Held-out accuracy under the mix of an interaction, [0,1].</summary>
    public double HeldOut(LabAccuracy accuracy, int at)
    {
        var unseen = UnseenShare(at);
        return ((1 - unseen) * accuracy.Known) + (unseen * accuracy.Unseen);
    }

    /// <summary>A model's accuracy on the texts that are never played.</summary>
    public LabAccuracy Measure(Func<string, string> decide)
    {
        var (known, unseen, ofKnown, ofUnseen) = (0, 0, 0, 0);
        foreach (var text in Data.Test)
        {
            var right = decide(text.Text) == text.Label ? 1 : 0;
            if (_unseen.Contains(text.Label)) (unseen, ofUnseen) = (unseen + right, ofUnseen + 1);
            else (known, ofKnown) = (known + right, ofKnown + 1);
        }
        return new LabAccuracy((double)known / Math.Max(1, ofKnown), (double)unseen / Math.Max(1, ofUnseen));
    }

    /// <summary>The labels of the worse version that a person puts into service: of every second class, the next one's.</summary>
    public IReadOnlyList<LabelledText> Spoilt()
    {
        var classes = Data.Known.ToList();
        return [.. Data.Start.Select(s => classes.IndexOf(s.Label) is var i && i % 2 == 0 ? s with { Label = classes[(i + 1) % classes.Count] } : s)];
    }

    private List<LabRequest> Play(List<LabelledText> open, SeededRandom random)
    {
        var pools = new Dictionary<(bool Scored, bool Unseen), Pool>();
        foreach (var (scored, texts) in new[] { (false, open), (true, Data.Reserved.ToList()) })
            foreach (var unseen in (bool[])[false, true])
                pools[(scored, unseen)] = new Pool([.. texts.Where(t => _unseen.Contains(t.Label) == unseen)], random.Split($"pool-{scored}-{unseen}"));
        var requests = new List<LabRequest>(_options.Interactions);
        for (var at = 0; at < _options.Interactions; at++)
        {
            // Every die is thrown whatever it is good for, so that scenarios with the same seed differ in their change alone.
            var (scored, unseen, user) = (random.NextBool(ScoredShare), random.NextBool(UnseenShare(at)), $"user-{random.Next(DemoScript.Users):000}");
            var (judged, wrong, fifth) = (random.NextBool(DemoScript.Answering), random.NextBool(DemoScript.Wrong), random.NextBool(LyingShare));
            // The source gives a fifth of the feedback all along: before the attack, honestly.
            var source = _scenario == LabScenario.Attack && fifth ? Liar : user;
            if (source == Liar && at >= _options.ChangeAt) wrong = true;
            requests.Add(new LabRequest(user, pools[(scored, unseen)].Next(), scored, judged, wrong, source));
        }
        return requests;
    }

    private sealed class Pool(LabelledText[] texts, SeededRandom random)
    {
        private int _next = texts.Length;

        public LabelledText Next()
        {
            if (_next == texts.Length)
            {
                random.Shuffle<LabelledText>(texts);
                _next = 0;
            }
            return texts[_next++];
        }
    }
}

/// <summary>A version's accuracy on held-out texts.</summary>
/// <param name="Known">On classes that the first version knows, [0,1].</param>
/// <param name="Unseen">On classes that it never saw, [0,1].</param>
public readonly record struct LabAccuracy(double Known, double Unseen);
