using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.Durable;
using SelfImprove.Local.Hosting;
using SelfImprove.Loop;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Log;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Local.Demo;

/// <summary>
/// Plays the story against the real host, in lock-step: a batch of requests through the gateway one after the other, judgements
/// acknowledged, the log folded, triggers asked, the engine run dry, then the simulated clock goes on. So the same seed gives the
/// same numbers, whatever the machine.
/// </summary>
public sealed class DemoRun(DemoOptions options, DemoData data, DemoProgress progress) : IAsyncDisposable
{
    /// <summary>When the story begins: any fixed time will do.</summary>
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    private const int Batch = 25;
    private const int Warm = 500;
    private const int AfterPromotion = 200;
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(20);

    private readonly VirtualClock _clock = new(Start);
    private readonly DemoScript _script = new(data, options.Seed);
    private readonly Dictionary<string, string> _truth = new(StringComparer.Ordinal);
    private LocalHost? _host;
    private HttpClient? _http;
    private DemoClient? _client;

    /// <summary>What it measured live.</summary>
    public DemoMeter Meter { get; } = new();

    /// <summary>When the drift began, in requests.</summary>
    public int DriftedAt { get; private set; }

    /// <summary>When the challenger was promoted, in requests; null where it was not.</summary>
    public int? PromotedAt { get; private set; }

    /// <summary>The stronger model; null before it is trained.</summary>
    public StudentModel? Teacher { get; private set; }

    /// <summary>The stronger model's measured accuracy.</summary>
    public double TeacherAccuracy { get; private set; }

    /// <summary>The run that was started; null where none was.</summary>
    public string? Run { get; private set; }

    /// <summary>Where in Azure objects are kept; null where they are in the folder.</summary>
    public string? Store => _host?.Store.Blob?.ToString();

    /// <summary>The host's services.</summary>
    public IServiceProvider Services => _host!.Services;

    /// <summary>Plays it.</summary>
    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);

        progress.Stage("Serving", $"{Warm} requests of the {data.Known.Count} classes that the agent knows");
        await PlayAsync(Warm, () => _script.Next(), () => Task.FromResult(false), cancellationToken);
        progress.Note($"accuracy {Meter.Over(Warm / 2, Warm):P1} (live, by the true labels that only the demo knows)");

        DriftedAt = Meter.Count;
        progress.Stage("Drifting", $"requests drift towards {data.Unseen.Count} classes{(data.Name == "office" ? " and wordings" : "")} that the agent never saw");
        await PlayAsync(options.Requests - Meter.Count,
            () => _script.NextDrifted(Meter.Count - DriftedAt, reserved: false), InRolloutOrEndedAsync, cancellationToken);
        if (Run is null) return;

        if (await EndedAsync() is null)
        {
            progress.Stage("A/B test", "half of the users get the challenger; no text of this was ever labelled");
            await PlayAsync(options.Requests - AfterPromotion - Meter.Count,
                () => _script.NextDrifted(Meter.Count - DriftedAt, reserved: true), async () => await EndedAsync() is not null, cancellationToken);
        }
        await LetTimePassAsync(cancellationToken);
        var outcome = await EndedAsync();
        progress.Note(outcome?.Reason ?? "the run has not ended");
        if (outcome?.Ending != ImprovementEnding.Promoted) return;
        PromotedAt = Meter.Count;
        await PlayAsync(AfterPromotion, () => _script.NextDrifted(Meter.Count - DriftedAt, reserved: true), () => Task.FromResult(false), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (_host is not null) await _host.DisposeAsync();
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        progress.Stage("Preparing",
            $"{data.History.Count:N0} labelled texts of history, {data.Traffic.Count + data.Reserved.Count:N0} of traffic, {data.Known.Count + data.Unseen.Count} classes");
        foreach (var note in data.Notes) progress.Note(note);
        progress.Note($"request budget: {options.Requests:N0}; {data.Reserved.Count:N0} texts are reserved for the A/B test and what follows it, none of them is ever labelled for training");
        var (teacher, accuracy) = await Task.Run(() => DemoTeacher.Train(data, options.Seed), cancellationToken);
        (Teacher, TeacherAccuracy) = (teacher, accuracy);
        _host = await LocalHost.StartAsync(
            new LocalHostOptions { Folder = options.Folder, Store = options.Store, Urls = "http://127.0.0.1:0", Clock = _clock, LockStep = true, Quiet = true }, cancellationToken);
        _http = new HttpClient { BaseAddress = new Uri(_host.Url + "/") };
        _client = new DemoClient(_http, data.Name);

        var manifest = DemoManifest.Create(data, accuracy);
        await Get<ManifestStore>().PutAsync(manifest, cancellationToken);
        await Get<IObjectStore>().WriteAsync(DemoManifest.StrongModelPath(data.Name), teacher.ToBytes(), cancellationToken: cancellationToken);
        var first = await Get<StartingVersion>().RegisterAsync(manifest, DemoTeacher.Examples(data.Start), "demo", cancellationToken);
        progress.Note($"{first.Id}: a student trained on {data.Start.Count} labels ({DemoData.StartRows} a class, {data.Known.Count} classes)");
        progress.Note($"a stronger model, stronger because it saw all {data.History.Count:N0} labels of history: accuracy {accuracy:P1} on history held out from a twin");
    }

    private async Task PlayAsync(int requests, Func<DemoRequest> next, Func<Task<bool>> until, CancellationToken cancellationToken)
    {
        for (var left = requests; left > 0; left -= Batch)
        {
            var feedback = new List<Feedback>();
            for (var i = 0; i < Math.Min(Batch, left); i++)
            {
                var request = next();
                _clock.Advance(Between);
                _truth[request.Said.Text] = request.Said.Label;
                var (decision, version) = await _client!.AskAsync(request, cancellationToken);
                var right = decision == request.Said.Label;
                var said = _script.Thumb(right);
                Meter.Note(right, version, said);
                if (said is { } thumb)
                    feedback.Add(new Feedback
                    {
                        Id = $"thumb-{request.Id}", Agent = data.Name, Time = _clock.GetUtcNow(), Interaction = request.Id, Metric = DemoManifest.Metric,
                        Value = thumb ? 1 : 0, Source = new FeedbackSource(SourceKind.Human, request.User),
                    });
            }
            await _client!.JudgeAsync(feedback, cancellationToken);
            await Get<EventLog>().DrainAsync();
            await LookAsync(cancellationToken);
            progress.Live(Meter);
            if (await until()) return;
        }
    }

    /// <summary>One look at the agent, the work that it sets going, and the people who answer what they are asked.</summary>
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var decision = await Get<AgentWatch>().LookAsync(data.Name, cancellationToken);
        if (decision is { Outcome: TriggerOutcome.Fired, Start: { } start })
        {
            Run = start.Run;
            progress.Stage("Triggered", start.Cause.Evidence);
        }
        while (true)
        {
            await Get<DurableEngine>().RunUntilIdleAsync(cancellationToken);
            await progress.FollowAsync(Services, data.Name, Run, cancellationToken);
            var open = Run is null ? [] : await _client!.OpenTasksAsync(cancellationToken);
            if (open.Count == 0) return;
            progress.Note($"{open.Count} questions in the inbox, answered by simulated people with the true labels");
            await _client!.AnswerAsync(open.Select(t => (t, _truth[t.Text])), cancellationToken);
        }
    }

    /// <summary>With no request left, only time can end a run: its deadlines come one after the other.</summary>
    private async Task LetTimePassAsync(CancellationToken cancellationToken)
    {
        while (await EndedAsync() is null && Get<DurableEngine>().NextTimer is { } due && due < _clock.GetUtcNow() + TimeSpan.FromDays(30))
        {
            _clock.MoveTo(due);
            await LookAsync(cancellationToken);
        }
        await LookAsync(cancellationToken);
    }

    private async Task<bool> InRolloutOrEndedAsync()
    {
        if (Run is null) return false;
        var table = await Get<RoutingStore>().GetAsync(data.Name);
        return table?.Experiment is not null || await EndedAsync() is not null;
    }

    private async Task<ImprovementOutcome?> EndedAsync()
    {
        if (Run is null || await Get<IOrchestrationClient>().GetAsync(Run) is not { HasEnded: true } state) return null;
        return state.OutputAs<ImprovementOutcome>() ?? new ImprovementOutcome(ImprovementEnding.Failed, state.Failure?.Message ?? state.Status.ToString(), 0,
            null, null);
    }

    private T Get<T>() where T : notnull => Services.GetRequiredService<T>();
}
