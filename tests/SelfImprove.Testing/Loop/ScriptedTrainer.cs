using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Storage;
using SelfImprove.Training;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Testing.Loop;

/// <summary>A training service as far as the runtime can see: jobs that take time, fail as told, and are trained by the built-in student in the end.</summary>
public sealed class ScriptedTrainer(IObjectStore store, TimeProvider clock) : ITrainer
{
    private readonly BuiltinTrainer _student = new(store, clock);
    private readonly ConcurrentDictionary<string, TrainingJob> _jobs = new();

    public const string TrainerName = "scripted";

    public string Name => TrainerName;

    public IReadOnlySet<string> Formats { get; } = new HashSet<string> { "sft" };

    /// <summary>What a look at a job says, by the number of the look (from 1) and of the job (from 1); null to train it now.</summary>
    public Func<int, int, TrainingStatus?> Script { get; set; } = (_, _) => null;

    /// <summary>Keys submitted, in order, repeats included.</summary>
    public ConcurrentQueue<string> Submitted { get; } = new();

    public ConcurrentQueue<(string Job, DateTimeOffset At)> Looks { get; } = new();

    public ConcurrentQueue<string> Cancelled { get; } = new();

    public int Jobs => _jobs.Count;

    public Task<string> SubmitAsync(TrainingJob job, string idempotencyKey, CancellationToken cancellationToken = default)
    {
        Submitted.Enqueue(idempotencyKey);
        var known = Submitted.Distinct().ToList().IndexOf(idempotencyKey) + 1;
        _jobs.TryAdd($"job-{known}", job);
        return Task.FromResult($"job-{known}");
    }

    public async Task<TrainingStatus> GetAsync(string jobId, CancellationToken cancellationToken = default)
    {
        Looks.Enqueue((jobId, clock.GetUtcNow()));
        if (Cancelled.Contains(jobId)) return new TrainingStatus { State = TrainingState.Canceled, Reason = "It was cancelled." };
        if (Script(Looks.Count(l => l.Job == jobId), int.Parse(jobId["job-".Length..])) is { } told) return told;
        return await _student.GetAsync(await _student.SubmitAsync(_jobs[jobId], jobId, cancellationToken), cancellationToken);
    }

    public Task CancelAsync(string jobId, CancellationToken cancellationToken = default)
    {
        Cancelled.Enqueue(jobId);
        return Task.CompletedTask;
    }

    public static TrainingStatus Working { get; } = new() { State = TrainingState.Running };

    public static TrainingStatus Failed(string reason, bool transient) => new() { State = TrainingState.Failed, Reason = reason, IsTransient = transient };

    /// <summary>Registers it; the manifest's <c>student.trainer</c> is to be <see cref="TrainerName"/>.</summary>
    public static void AddTo(IServiceCollection services) =>
        services.AddSingleton<ScriptedTrainer>().AddSingleton<ITrainer>(p => p.GetRequiredService<ScriptedTrainer>());
}
