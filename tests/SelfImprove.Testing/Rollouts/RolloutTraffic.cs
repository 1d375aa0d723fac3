using System.Runtime.CompilerServices;
using SelfImprove.Agents.Routing;
using SelfImprove.Deployment;
using SelfImprove.Deployment.Serving;
using SelfImprove.Deployment.Shadow;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Runs;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Testing.Rollouts;

/// <summary>
/// The requests of one simulated rollout: routed by the real router when they come, judged as the scenario says. The same seed and run draw the same
/// numbers, whatever the routing.
/// </summary>
public sealed class RolloutTraffic
{
    private static readonly IReadOnlyList<ChatMessage> Input = [ChatMessage.User("request")];
    private static readonly AgentOutput Right = new("billing");
    private static readonly AgentOutput Wrong = new("access");
    private static readonly FeedbackSource Source = new(SourceKind.Human, "callers");

    private readonly List<(Interaction Interaction, Feedback[] Feedback, bool Lost, double Luck)> _served = [];
    private readonly SeededRandom _random;
    private readonly double[] _effects;
    private readonly double[] _activity;
    private DateTimeOffset? _first;

    public RolloutTraffic(RolloutScenario scenario, ulong seed, int run)
    {
        Scenario = scenario;
        Agent = $"sim-{seed}-{run}";
        _random = new SeededRandom(seed).Split(run);
        var effects = _random.Split("callers");
        _effects = [.. Enumerable.Range(0, Math.Max(1, scenario.Users)).Select(_ => effects.NextBool(0.5) ? 1.0 : -1.0)];
        var total = 0.0;
        _activity = [.. Enumerable.Range(1, _effects.Length).Select(rank => total += Math.Pow(rank, -scenario.Skew))];
    }

    public RolloutScenario Scenario { get; }

    public string Agent { get; }

    /// <summary>The rollout's input: a challenger v2 of a champion v1.</summary>
    public RolloutInput Rollout => new(new RunRef(Agent, $"{Agent}-0001", 1, 1), "v1", "v2", Scenario.SuperiorityProven) { Shadows = Scenario.ShadowRequests > 0 };

    /// <summary>Serves what comes before <paramref name="now"/> by a routing table, which has not changed since the last call.</summary>
    public void Serve(RoutingTable table, DateTimeOffset begin, DateTimeOffset now)
    {
        _first ??= begin;
        for (var time = Next(); time < now && _served.Count < Scenario.Requests; time = Next()) _served.Add(Serve(table, time));

        DateTimeOffset Next() => _first.Value + _served.Count * RolloutScenario.Every;
    }

    /// <summary>What a log holds at <paramref name="now"/> of the requests served in [from, until).</summary>
    public IEnumerable<ObservedInteraction> Read(DateTimeOffset from, DateTimeOffset until, DateTimeOffset now, Func<Interaction, DateTimeOffset>? feedbackUntil)
    {
        if (_first is not { } first) yield break;
        for (var i = Math.Max(0, (int)Math.Ceiling((from - first) / RolloutScenario.Every)); i < _served.Count && _served[i].Interaction.Time < until; i++)
        {
            var (interaction, feedback, lost, _) = _served[i];
            if (lost) continue;
            var closes = feedbackUntil?.Invoke(interaction) ?? now;
            var arrived = feedback.Length > 0 && feedback[0].Time <= now && feedback[0].Time <= closes;
            yield return new ObservedInteraction(interaction, arrived ? feedback : [], arrived ? feedback[0].Value : null);
        }
    }

    /// <summary>As <see cref="Read"/>, in the form in which a look asks for it.</summary>
    public async IAsyncEnumerable<ObservedInteraction> ReadAsync(
        DateTimeOffset from, DateTimeOffset until, DateTimeOffset now, Func<Interaction, DateTimeOffset>? feedbackUntil,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach (var observed in Read(from, until, now, feedbackUntil)) yield return observed;
    }

    /// <summary>What the challenger says to a request in the shadow; null where it fails.</summary>
    public AgentOutput? ChallengerSays(int request)
    {
        var random = Shadow(request);
        var (alike, luck, fails) = (random.NextDouble(), random.NextDouble(), random.NextDouble());
        if (fails < Scenario.Errors) return null;
        var key = _served[request].Interaction.Key!;
        var effect = Scenario.Users > 0 ? _effects[int.Parse(key.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture)] : 0;
        return (alike < Scenario.Alike ? _served[request].Luck : luck) < Scenario.Right(request, true, effect) ? Right : Wrong;
    }

    /// <summary>What the teacher says to it.</summary>
    public AgentOutput TeacherSays(int request) => Shadow(request).Split("teacher").NextDouble() < Scenario.WrongScorer ? Wrong : Right;

    /// <summary>What a replay of a request in the shadow gives, without engine, store and models.</summary>
    public ShadowPair Replay(Interaction asked)
    {
        var request = int.Parse(asked.Id.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
        var challenger = ChallengerSays(request);
        var right = TeacherSays(request);
        double? score = asked.Error is not null || challenger is null ? null : (challenger == right ? 1 : 0) - (asked.Output == right ? 1 : 0);
        return new ShadowPair
        {
            Interaction = asked.Id, Key = asked.Key, Champion = asked.Output, ChampionError = asked.Error, ChampionMs = asked.Error is null ? asked.LatencyMs : null,
            Challenger = challenger, ChallengerError = challenger is null ? "model" : null, Score = score,
            ChallengerMs = challenger is null ? null : Scenario.LatencyMs * Math.Exp(Scenario.LatencySpread * Shadow(request).Split("latency").NextGaussian()),
        };
    }

    private SeededRandom Shadow(int request) => _random.Split("shadow").Split(request);

    private (Interaction Interaction, Feedback[] Feedback, bool Lost, double Luck) Serve(RoutingTable table, DateTimeOffset time)
    {
        var (i, s) = (_served.Count, Scenario);
        // All is drawn whether it is needed or not: what one request draws never depends on its arm.
        var user = s.Users > 0 ? Caller(_random.NextDouble()) : i;
        var (right, judged, wrong, wait) = (_random.NextDouble(), _random.NextDouble(), _random.NextDouble(), _random.NextDouble());
        var (fails, lost, slow) = (_random.NextDouble(), _random.NextDouble(), _random.NextGaussian());

        var key = $"u{user}";
        var route = Router.Route(table, key);
        var challenger = route.Stamp.Challenger;
        var failed = fails < s.Errors;
        var isRight = right < s.Right(i, challenger, s.Users > 0 ? _effects[user] : 0);
        var interaction = new Interaction
        {
            Id = $"i{i:D7}", Agent = Agent, Time = time, Version = route.Version, Key = key, Routing = route.Stamp,
            Input = s.ShadowRequests > 0 ? [ChatMessage.User($"{RolloutModels.Request} {i}")] : Input, Output = failed ? null : isRight ? Right : Wrong, Error = failed ? "model" : null, LatencyMs = s.LatencyMs * Math.Exp(s.LatencySpread * slow),
        };
        var isLost = challenger && lost < s.Lost;
        if (failed || judged >= (isRight ? s.JudgedIfRight : s.JudgedIfWrong)) return (interaction, [], isLost, right);
        var up = isRight != (wrong < s.WrongThumbs);
        var delay = (up ? s.UpDelay : s.DownDelay) * -Math.Log(1 - wait);
        var feedback = new Feedback
        {
            Id = $"f{i}", Agent = Agent, Time = time + delay, Interaction = interaction.Id, Metric = "helpful", Value = up ? 1 : 0, Source = Source,
        };
        return (interaction, [feedback], isLost, right);
    }

    private int Caller(double uniform)
    {
        var found = Array.BinarySearch(_activity, uniform * _activity[^1]);
        return Math.Min(found < 0 ? ~found : found, _activity.Length - 1);
    }
}
