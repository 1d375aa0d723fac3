using SelfImprove.Agents.Versions;
using SelfImprove.Audit;
using SelfImprove.Orchestration;

namespace SelfImprove.Training;

/// <summary>The input of <see cref="RegisterCandidate"/>.</summary>
/// <param name="Train">What was trained.</param>
/// <param name="Model">The model's reference.</param>
/// <param name="ContentHash">SHA-256 of its bytes, where the runtime keeps them.</param>
public sealed record RegisterCandidateInput(TrainInput Train, string Model, string? ContentHash);

/// <summary>Registers a trained model as a version, once per run and round.</summary>
public sealed class RegisterCandidate(VersionStore versions, AuditLog audit) : Activity<RegisterCandidateInput, string>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<RegisterCandidateInput, string> Ref = new(nameof(RegisterCandidate));

    /// <inheritdoc/>
    public override async Task<string> RunAsync(ActivityContext context, RegisterCandidateInput input, CancellationToken cancellationToken)
    {
        var run = input.Train.Run;
        var head = await audit.HeadAsync(run.Agent, cancellationToken);
        var version = await versions.RegisterAsync(
            new VersionDraft
            {
                Agent = run.Agent,
                Model = input.Model,
                Parent = input.Train.Parent,
                Run = run.Run,
                Round = run.Round,
                Dataset = input.Train.Dataset,
                ContentHash = input.ContentHash,
                AuditHead = head?.Hash,
            },
            cancellationToken);
        return version.Id;
    }
}
