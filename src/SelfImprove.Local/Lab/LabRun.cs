using SelfImprove.Local.Demo;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Events;
using SelfImprove.Runs;

namespace SelfImprove.Local.Lab;

/// <summary>
/// One run of the product in the laboratory, in lock-step: a batch of interactions, one look, all the work it sets going. Batches are short where a decision
/// waits for traffic: the same seed gives the same run.
/// </summary>
/// <param name="options">The laboratory's.</param>
/// <param name="scenario">The scenario.</param>
/// <param name="seed">The seed.</param>
public sealed class LabRun(LabOptions options, LabScenario scenario, int seed)
{
    // What a host that looks now and then sees of an agent without a run; of one with a run; of one with an A/B test.
    private const int Idle = 200;
    private const int Running = 100;
    private const int Testing = 25;

    private readonly List<string> _endings = [];
    private string? _run;
    private int _runs, _falseTriggers, _promotions, _falsePromotions, _rollBacks, _falseRollBacks, _quarantined, _falseQuarantines;

    /// <summary>Plays it.</summary>
    /// <exception cref="DemoDataException">The data can't be used.</exception>
    public async Task<LabResult> PlayAsync(CancellationToken cancellationToken)
    {
        var traffic = new LabTraffic(options, scenario, seed);
        var manifest = LabManifest.Create(traffic.Data, options.Policy);
        await using var world = await LabWorld.OpenAsync(traffic, manifest, cancellationToken);
        var meter = new LabMeter(options, scenario, traffic, world.IsLabelled);
        var testing = await ServeAsync(world, meter, cancellationToken);
        while (meter.Count < options.Interactions)
        {
            if (meter.Count == options.ChangeAt && scenario == LabScenario.Regression)
            {
                await world.SpoilAsync(manifest, cancellationToken);
                await ServeAsync(world, meter, cancellationToken);
            }
            var end = Math.Min(meter.Edge, meter.Count + (testing ? Testing : _run is null ? Idle : Running));
            if (meter.Count < options.ChangeAt) end = Math.Min(end, options.ChangeAt);
            while (meter.Count < end) meter.Note(await world.AskAsync(meter.Count, options.Between, manifest.Goal.Metric, cancellationToken));
            testing = await LookAsync(world, meter, cancellationToken);
            if (meter.Count == meter.Edge) meter.CloseBucket(await world.SpentAsync(cancellationToken), world.Labels, _runs);
        }
        return meter.Result(LabPolicy.Loop) with
        {
            FalseTriggers = _falseTriggers, Promotions = _promotions, FalsePromotions = _falsePromotions, RollBacks = _rollBacks, FalseRollBacks = _falseRollBacks,
            Quarantined = _quarantined, FalseQuarantines = _falseQuarantines, Endings = _endings,
        };
    }

    /// <summary>One look, and the book-keeping of what came of it.</summary>
    /// <returns>Whether an A/B test is under way.</returns>
    private async Task<bool> LookAsync(LabWorld world, LabMeter meter, CancellationToken cancellationToken)
    {
        if (await world.LookAsync(_run is not null, cancellationToken) is { } start)
        {
            _run = start.Run;
            _runs++;
            if (scenario == LabScenario.Stable || meter.Count <= options.ChangeAt) _falseTriggers++;
        }
        var before = meter.Version;
        var testing = await ServeAsync(world, meter, cancellationToken);
        if (_run is null || await world.EndedAsync(_run, cancellationToken) is not { } outcome) return testing;
        _run = null;
        _endings.Add(outcome.Ending.ToString());
        await CountQuarantinesAsync(world, meter, cancellationToken);
        var worse = meter.Version != before && meter.HeldOut(meter.Version) < meter.HeldOut(before);
        switch (outcome.Ending)
        {
            case ImprovementEnding.Promoted:
                _promotions++;
                if (worse) _falsePromotions++;
                break;
            case ImprovementEnding.RolledBack:
                _rollBacks++;
                if (worse) _falseRollBacks++;
                break;
        }
        return testing;
    }

    private async Task CountQuarantinesAsync(LabWorld world, LabMeter meter, CancellationToken cancellationToken)
    {
        var sources = await world.Services.GetRequiredService<Quarantine>().GetAsync(world.Agent, cancellationToken);
        var caught = meter.Count > options.ChangeAt && sources.Contains(Quarantine.NameOf(new FeedbackSource(SourceKind.Human, LabTraffic.Liar)));
        _quarantined = caught ? 1 : 0;
        _falseQuarantines = sources.Count - _quarantined;
        if (caught) meter.Quarantined();
    }

    private static async Task<bool> ServeAsync(LabWorld world, LabMeter meter, CancellationToken cancellationToken)
    {
        var table = await world.RoutingAsync(cancellationToken);
        if (!meter.Knows(table.Champion)) meter.Know(table.Champion, await world.OpenAsync(table.Champion, cancellationToken));
        if (table.Champion != meter.Version) meter.Serve(table.Champion);
        return table.Experiment is not null;
    }
}
