using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Models;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration.SelfPlay;

/// <summary>Audits the manifest's verifier on inputs that a teacher labelled.</summary>
/// <param name="verifiers">Opens the verifier.</param>
/// <param name="models">Opens the student.</param>
/// <param name="log">Plays.</param>
/// <param name="store">Where the labels are.</param>
public sealed class SelfPlayAudit(SelfPlayVerifiers verifiers, ModelCatalog models, PlayLog log, IObjectStore store) : ISelfPlayAudit
{
    private const int FewestItems = 30;

    /// <inheritdoc/>
    public async Task<VerifierAudit?> AuditAsync(
        RunRef run, int look, AgentManifest manifest, AgentVersion champion, string labelled, decimal most, CancellationToken cancellationToken = default)
    {
        // The teacher that gave the labels would be found right by itself.
        if (SamplePilot.TeacherOf(manifest)?.Model is { } teacher && manifest.Evaluation.Judge?.Models.Contains(teacher, StringComparer.Ordinal) == true) return null;
        if (await verifiers.OpenAsync(manifest, cancellationToken) is not { } verifier) return null;
        var known = new List<LabelledItem>();
        await foreach (var item in JsonLines.ReadAsync<LabelledItem>(store, labelled, cancellationToken))
            if (item.Output is not null) known.Add(item);
        // The pilot is a uniform sample in no order: the first so many are one as well.
        if (verifier.PriceUsd > 0) known = [.. known.Take((int)Math.Min(known.Count, Math.Floor(most / verifier.PriceUsd)))];
        if (known.Count < FewestItems) return null;
        var student = await models.OpenAsync(champion.Model, manifest.Task, cancellationToken);
        var table = new SelfPlayTable(student, verifier, manifest, $"{run.Run}/{run.Round}/audit");
        var played = await log.PlayAsync(
            $"self-play-audit-{look}", run, manifest.Budget, table, [.. known.Select(k => new LabelItem(k.Id, k.Input, k.Slice))], most, cancellationToken);
        return played.Count < FewestItems ? null : Count(known, played, verifier.PriceUsd);
    }

    /// <summary>Counts who is right.</summary>
    /// <param name="known">Inputs with their right outputs.</param>
    /// <param name="played">The first of them, played.</param>
    /// <param name="priceUsd">The verifier's price of one input.</param>
    public static VerifierAudit Count(IReadOnlyList<LabelledItem> known, IReadOnlyList<PlayedItem> played, decimal priceUsd)
    {
        var (accepted, both, onlyVerifier, onlyStudent) = (0, 0, 0, 0);
        foreach (var (truth, play) in known.Zip(played))
        {
            if (play.Picked is not { } picked) continue;
            accepted++;
            var right = OutputKey.Of(truth.Output!);
            var (verifier, student) = (OutputKey.Of(picked) == right, play.Served is { } served && OutputKey.Of(served) == right);
            if (verifier && student) both++;
            else if (verifier) onlyVerifier++;
            else if (student) onlyStudent++;
        }
        return new VerifierAudit(played.Count, accepted, both, onlyVerifier, onlyStudent, priceUsd + (played.Count == 0 ? 0 : played.Average(p => p.StudentUsd)));
    }
}
