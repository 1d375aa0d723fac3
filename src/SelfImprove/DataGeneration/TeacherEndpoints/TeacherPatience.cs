using SelfImprove.Agents.Manifests;
using SelfImprove.Orchestration;

namespace SelfImprove.DataGeneration.TeacherEndpoints;

/// <summary>How long a run waits for its teachers' endpoints: the longest of their settings.</summary>
public sealed class TeacherPatience(PinnedManifests manifests) : Activity<ReadyTeachersInput, TimeSpan>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<ReadyTeachersInput, TimeSpan> Ref = new(nameof(TeacherPatience));

    /// <inheritdoc/>
    public override async Task<TimeSpan> RunAsync(ActivityContext context, ReadyTeachersInput input, CancellationToken cancellationToken) =>
        (await manifests.GetAsync(input.Run, cancellationToken)).Teachers.Where(t => t.Deploy is not null && input.Endpoints.Contains(TeacherEndpoint.Of(t.Deploy).Name))
            .Max(t => t.Deploy!.ReadyWithin);
}
