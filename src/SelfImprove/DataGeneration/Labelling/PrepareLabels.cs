using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Labelling.Teachers;
using SelfImprove.DataGeneration.TeacherEndpoints;
using SelfImprove.Orchestration;

namespace SelfImprove.DataGeneration.Labelling;

/// <summary>Reads from the pinned manifest what asking a teacher takes.</summary>
/// <param name="manifests">The pinned manifests.</param>
public sealed class PrepareLabels(PinnedManifests manifests) : Activity<LabelInput, LabelPlan>
{
    /// <summary>Its name.</summary>
    public static readonly ActivityRef<LabelInput, LabelPlan> Ref = new(nameof(PrepareLabels));

    /// <inheritdoc />
    public override async Task<LabelPlan> RunAsync(ActivityContext context, LabelInput input, CancellationToken cancellationToken)
    {
        var manifest = await manifests.GetAsync(input.Run, cancellationToken);
        var all = new TeacherRules(manifest, input.Teacher).All;
        var endpoints = all.Where(t => t.Deploy is not null).Select(t => TeacherEndpoint.Of(t.Deploy!).Name).Distinct(StringComparer.Ordinal).ToList();
        return new LabelPlan(
            all.Any(t => t.Kind == TeacherKind.Model), all.Any(t => t.Kind == TeacherKind.People), Math.Clamp(manifest.Data.BatchSize, 1, 1_000))
        {
            Endpoints = endpoints.Count > 0 ? endpoints : null,
        };
    }
}
