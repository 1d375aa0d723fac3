using System.Diagnostics;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration;
using SelfImprove.Deployment;
using SelfImprove.Loop;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Storage;
using SelfImprove.Training;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Local.Demo;

/// <summary>Measures what came of the demo: reads what the run wrote down, judges the versions on held-out texts, and trains the two yardsticks.</summary>
public sealed class DemoStudy(DemoOptions options, DemoData data, DemoRun run)
{
    private JsonDocuments Documents => run.Services.GetRequiredService<JsonDocuments>();

    /// <summary>Measures.</summary>
    /// <param name="elapsed">The time since the start.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<DemoResult> MeasureAsync(Func<TimeSpan> elapsed, CancellationToken cancellationToken)
    {
        var table = (await run.Services.GetRequiredService<RoutingStore>().GetAsync(data.Name, cancellationToken))!;
        var record = run.Run is null ? null : await ReadAsync<RunRecord>("outcome.json", cancellationToken);
        var round = Math.Max(1, record?.Outcome.Rounds ?? 1);
        var card = await ReadAsync<DatasetCard>($"dataset-{round}.card.json", cancellationToken);
        var plans = await PlansAsync(cancellationToken);
        var rollout = await OutputAsync<RolloutOutput>(Rollout.InstanceId(run.Run ?? "none", round), cancellationToken);
        var training = await OutputAsync<TrainOutput>($"{run.Run}/training/{round}", cancellationToken);
        var report = await OutputAsync<Evaluation.EvaluateOutput>($"{run.Run}/evaluation/{round}", cancellationToken);
        var heldOut = await HeldOutAsync(table.Champion, card, cancellationToken);
        return new DemoResult
        {
            Data = data.Name,
            Seed = options.Seed,
            Promoted = run.PromotedAt is not null,
            Requests = run.Meter.Count,
            Live = new DemoStretch(
                run.Meter.Over(run.DriftedAt / 2, run.DriftedAt), run.Meter.Lowest(run.DriftedAt)?.Accuracy,
                run.PromotedAt is { } at ? run.Meter.Of(table.Champion, at) : null),
            Reward = new DemoStretch(
                run.Meter.RewardOver(run.DriftedAt / 2, run.DriftedAt),
                run.Meter.Lowest(run.DriftedAt) is { } low ? run.Meter.RewardOver(low.At, low.At + DemoMeter.Window) : null,
                run.PromotedAt is { } promoted ? run.Meter.RewardOf(table.Champion, promoted) : null),
            HeldOut = heldOut,
            TeacherAccuracy = run.TeacherAccuracy,
            Run = run.Run,
            Cause = record?.Input.Cause,
            Outcome = record?.Outcome,
            Choice = plans.LastOrDefault(),
            Waited = plans.SkipLast(1).Sum(p => Math.Min(p.Chosen?.Plan.Wait ?? 0, ImprovementLoop.LongestStretch)),
            Card = card,
            Ledger = (await run.Services.GetRequiredService<Ledger>().ReadAsync(data.Name, cancellationToken)).LastOrDefault(e => e.Run == run.Run),
            TrainingSeconds = await TrainingSecondsAsync(training, cancellationToken),
            Verdict = report is null ? null : new DemoVerdict(report.Verdict.ToString(), report.Items, report.ChampionScore, report.CandidateScore, report.DifferenceLow, report.DifferenceHigh),
            Rollout = rollout,
            SpentUsd = await SpentAsync(cancellationToken),
            Seconds = elapsed().TotalSeconds,
            PeakMiB = Process.GetCurrentProcess().PeakWorkingSet64 / 1024.0 / 1024,
        };
    }

    private async Task<DemoHeldOut> HeldOutAsync(string champion, DatasetCard? card, CancellationToken cancellationToken)
    {
        var (start, final) = (await AccuracyAsync("v1", cancellationToken), await AccuracyAsync(champion, cancellationToken));
        double? random = null;
        if (card is { NewRows: > 0 })
        {
            var pool = data.Traffic.ToArray();
            new SeededRandom((ulong)options.Seed).Split("random-labels").Shuffle<LabelledText>(pool);
            random = Accuracy(Train(data.Start.Concat(pool.Take(card.NewRows).Select(t => t with { Label = run.Teacher!.Predict(t.Text).Label }))));
        }
        var all = Accuracy(Train(data.History.Concat(data.Traffic).Concat(data.Reserved)));
        return new DemoHeldOut(data.Test.Count, start, final, random, all);
    }

    private async Task<double> AccuracyAsync(string version, CancellationToken cancellationToken)
    {
        var found = (await run.Services.GetRequiredService<VersionStore>().GetAsync(data.Name, version, cancellationToken))!;
        var model = await run.Services.GetRequiredService<ModelCatalog>().OpenAsync(found.Model, data.Task, cancellationToken);
        var right = 0;
        foreach (var text in data.Test)
            if ((await model.AnswerAsync(new ModelRequest([ChatMessage.User(text.Text)]), cancellationToken)).Output.Decision == text.Label) right++;
        return (double)right / data.Test.Count;
    }

    private StudentModel Train(IEnumerable<LabelledText> rows) =>
        StudentTrainer.Train(DemoTeacher.Examples(rows), Training.Builtin.StudentSettings.Default with { Calibrate = false }, 1);

    private double Accuracy(StudentModel model) => (double)data.Test.Count(t => model.Predict(t.Text).Label == t.Label) / data.Test.Count;

    private async Task<List<PlanChoice>> PlansAsync(CancellationToken cancellationToken)
    {
        var plans = new List<PlanChoice>();
        if (run.Run is null) return plans;
        var store = run.Services.GetRequiredService<IObjectStore>();
        await foreach (var entry in store.ListAsync($"runs/{data.Name}/{run.Run}/plan-", cancellationToken: cancellationToken))
            if (entry.Path.Count(c => c == '.') == 2) plans.Add((await Documents.ReadAsync<PlanChoice>(entry.Path, cancellationToken))!.Value);
        return plans;
    }

    private async Task<SortedDictionary<string, decimal>> SpentAsync(CancellationToken cancellationToken)
    {
        var spent = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var entry in await run.Services.GetRequiredService<SpendBook>().EntriesAsync(data.Name, cancellationToken))
        {
            var what = string.Concat(entry.What.SkipWhile(c => char.IsDigit(c) || c == ' '));
            spent[what] = spent.GetValueOrDefault(what) + entry.Usd;
        }
        return spent;
    }

    /// <summary>The wall clock of training is not in the run's record, since the run's clock is simulated: the same training is timed again.</summary>
    private async Task<double?> TrainingSecondsAsync(TrainOutput? training, CancellationToken cancellationToken)
    {
        if (training?.Version is not { } id || (await run.Services.GetRequiredService<VersionStore>().GetAsync(data.Name, id, cancellationToken))?.Dataset is not { } dataset) return null;
        var rows = new List<TextExample>();
        await foreach (var row in DataGeneration.Datasets.DatasetReader.ReadExamplesAsync(run.Services.GetRequiredService<IObjectStore>(), dataset, data.Task, cancellationToken))
            rows.Add(new TextExample(row.Text, row.Decision, row.Weight));
        var started = Stopwatch.GetTimestamp();
        StudentTrainer.Train(rows, Training.Builtin.StudentSettings.Default, 1, cancellationToken);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private async Task<T?> ReadAsync<T>(string file, CancellationToken cancellationToken) where T : class =>
        run.Run is null ? null : (await Documents.ReadAsync<T>($"runs/{data.Name}/{run.Run}/{file}", cancellationToken))?.Value;

    private async Task<T?> OutputAsync<T>(string instance, CancellationToken cancellationToken) where T : class =>
        (await run.Services.GetRequiredService<IOrchestrationClient>().GetAsync(instance, cancellationToken))?.OutputAs<T>();
}
