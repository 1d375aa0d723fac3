namespace SelfImprove.Training;

/// <summary>
/// A training target. Implementations: the built-in CPU student, and those a host adds (Azure ML, fine-tuning services). All
/// calls may be repeated.
/// </summary>
public interface ITrainer
{
    /// <summary>The name that manifests use: <c>builtin</c>.</summary>
    string Name { get; }

    /// <summary>The dataset formats it takes; a plan never asks for more.</summary>
    IReadOnlySet<string> Formats { get; }

    /// <summary>What its rows may have beside text.</summary>
    TrainerCapabilities Capabilities => TrainerCapabilities.Text;

    /// <summary>
    /// The id that <see cref="SubmitAsync"/> will give for a key, where it is known before: then the job is written down before it is submitted, and found again
    /// whatever becomes of the answer. Null where nothing can be left at work, as where it is done within the call.
    /// </summary>
    string? JobIdOf(TrainingJob job, string idempotencyKey) => null;

    /// <summary>Submits a job, once per key: a repeated call finds the job already made and gives its id.</summary>
    /// <param name="job">What to train.</param>
    /// <param name="idempotencyKey">The same for every attempt at this piece of work.</param>
    /// <param name="cancellationToken">Cancels the call, not the job.</param>
    /// <exception cref="TrainingRefusedException">The job was not taken, and nothing is owed for it.</exception>
    Task<string> SubmitAsync(TrainingJob job, string idempotencyKey, CancellationToken cancellationToken = default);

    /// <summary>Where a job stands. A job that is not known (any more) has failed, transiently.</summary>
    Task<TrainingStatus> GetAsync(string jobId, CancellationToken cancellationToken = default);

    /// <summary>Cancels a job; without effect on one that has ended.</summary>
    Task CancelAsync(string jobId, CancellationToken cancellationToken = default);
}
