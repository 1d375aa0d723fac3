namespace SelfImprove.Local.Lab;

/// <summary>Tells the truth about a run, of which the policy sees nothing: reward by stretches, held-out accuracy, recovery.</summary>
/// <param name="options">The laboratory's.</param>
/// <param name="scenario">The scenario.</param>
/// <param name="traffic">What is played.</param>
/// <param name="isLabelled">Whether somebody labelled a text: then it tells no reward.</param>
public sealed class LabMeter(LabOptions options, LabScenario scenario, LabTraffic traffic, Func<string, bool> isLabelled)
{
    /// <summary>The share of the accuracy before the change that counts as recovered.</summary>
    public const double Recovered = 0.95;

    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LabAccuracy> _accuracies = new(StringComparer.Ordinal);
    private readonly List<LabBucket> _buckets = [];
    private int _right;
    private double? _level;
    private bool _harmed = scenario == LabScenario.Attack;
    private int? _recoveredAfter;

    /// <summary>Interactions so far.</summary>
    public int Count { get; private set; }

    /// <summary>The version that serves.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Where the present stretch ends.</summary>
    public int Edge => Math.Min(options.Interactions, (_buckets.Count + 1) * options.Bucket);

    /// <summary>Notes a version, with what it says of held-out texts; measures it where it is new.</summary>
    public void Know(string version, Func<string, string> decide)
    {
        if (!_accuracies.ContainsKey(version)) _accuracies[version] = traffic.Measure(decide);
    }

    /// <summary>Whether the version is known.</summary>
    public bool Knows(string version) => _accuracies.ContainsKey(version);

    /// <summary>Held-out accuracy of a known version under the present mix.</summary>
    public double HeldOut(string version) => traffic.HeldOut(_accuracies[version], Math.Max(0, Count - 1));

    /// <summary>From now on this version serves.</summary>
    public void Serve(string version)
    {
        Version = version;
        Look();
    }

    /// <summary>Notes the answer to the next interaction.</summary>
    public void Note(bool right)
    {
        var request = traffic.Requests[Count++];
        if (!request.Scored || isLabelled(request.Said.Text) || !_texts.Add(request.Said.Text)) return;
        if (right) _right++;
    }

    /// <summary>The liar is in quarantine.</summary>
    public void Quarantined() => _recoveredAfter ??= Count - options.ChangeAt;

    /// <summary>Ends the stretch where it is full.</summary>
    public void CloseBucket(decimal cost, int labels, int runs)
    {
        Look();
        _buckets.Add(new LabBucket(_buckets.Count * options.Bucket, Count, _texts.Count, _right, HeldOut(Version), cost, labels, runs, Version));
        _texts.Clear();
        _right = 0;
    }

    /// <summary>What came of it.</summary>
    public LabResult Result(LabPolicy policy)
    {
        var after = _buckets.Where(b => b.From >= options.ChangeAt).ToList();
        return new LabResult
        {
            Scenario = scenario, Policy = policy, Seed = traffic.Seed, Buckets = _buckets, Harmed = _harmed, RecoveredAfter = _harmed ? _recoveredAfter : null,
            RewardAfter = (double)after.Sum(b => b.Right) / Math.Max(1, after.Sum(b => b.Texts)),
        };
    }

    private void Look()
    {
        if (Count < options.ChangeAt || scenario is LabScenario.Attack)
        {
            _level = HeldOut(Version);
            return;
        }
        var now = HeldOut(Version);
        _level ??= now;
        if (now < Recovered * _level) (_harmed, _recoveredAfter) = (true, null);
        else if (_harmed) _recoveredAfter ??= Count - options.ChangeAt;
    }
}
