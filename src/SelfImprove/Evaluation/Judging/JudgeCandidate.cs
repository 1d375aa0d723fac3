using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.Audit;
using SelfImprove.DataGeneration;
using SelfImprove.Evaluation.Reporting;
using SelfImprove.Evaluation.Scoring;
using SelfImprove.Orchestration;
using SelfImprove.Storage;
using System.Text;
using System.Text.Json;

namespace SelfImprove.Evaluation.Judging;

/// <summary>Judges the scores and writes the report, as JSON and as a page. The same scores give the same report.</summary>
/// <param name="store">Where scores and reports are kept.</param>
/// <param name="manifests">The pinned manifests.</param>
/// <param name="versions">The versions.</param>
/// <param name="audit">Gets the verdict.</param>
public sealed class JudgeCandidate(IObjectStore store, PinnedManifests manifests, VersionStore versions, AuditLog audit) : Activity<JudgeInput, JudgeOutput>
{
    /// <summary>The name under which it is called.</summary>
    public static readonly ActivityRef<JudgeInput, JudgeOutput> Ref = new(nameof(JudgeCandidate));

    /// <summary>An output is at most 48 KiB: each reason is cut to this many characters; the report has them whole.</summary>
    private const int ReasonLength = 600;

    /// <inheritdoc />
    public override async Task<JudgeOutput> RunAsync(ActivityContext context, JudgeInput input, CancellationToken cancellationToken)
    {
        var evaluation = input.Evaluation;
        var run = evaluation.Run;
        var manifest = await manifests.GetAsync(run, cancellationToken);
        var scores = await JsonLines.ReadAsync<ItemScore>(store, input.Scores, cancellationToken).ToListAsync(cancellationToken);
        var taughtBy = await TaughtByAsync(run.Agent, evaluation.Candidate, cancellationToken);
        var taught = taughtBy.Contains($"teacher:{input.Labeller}");
        var report = Judge.Run(new JudgeQuestion
        {
            Evaluation = evaluation with { AlphaSpent = evaluation.AlphaSpent + input.AlphaSpent },
            Manifest = manifest,
            Scores = scores,
            Attempt = input.Attempt,
            Drawn = input.Drawn,
            Set = input.Set,
            AlphaLeft = Math.Max(1e-6, AlphaOfRound(manifest.Evaluation.Alpha, evaluation) - input.AlphaSpent),
            Last = input.Last,
            IndependentLabels = !taught,
            IndependentJudges = !manifest.Teachers.Any(t => t.Model is { } model && manifest.Evaluation.Judge?.Models.Contains(model) == true && taughtBy.Contains($"teacher:{t.Name}")),
            Caveats = [.. Caveats(input, taught)],
            CostUsd = input.CostUsd,
        });
        var path = run.Path("report", "json");
        await store.WriteAsync(path, JsonSerializer.SerializeToUtf8Bytes(report, SeamJson.Indented), cancellationToken: cancellationToken);
        await store.WriteAsync(run.Path("report", "md"), Encoding.UTF8.GetBytes(ReportPage.Write(report)), cancellationToken: cancellationToken);
        var evidence = new
        {
            run.Round, input.Attempt, evaluation.Candidate, report.Verdict, report.Items, report.Labelled, report.ChampionScore, report.CandidateScore, report.PValue, report.Alpha,
            Path = path,
        };
        await audit.AppendAsync(run.Agent, new AuditRecord("evaluated", run.Run, "runtime", evidence, context.Key), cancellationToken);
        var output = new EvaluateOutput(
            report.Verdict, path, report.Items, report.ChampionScore, report.CandidateScore, report.DifferenceLow, report.DifferenceHigh, report.AlphaSpent,
            report.SuperiorityProven, [.. report.Gates.Select(g => Cut($"{g.Gate}: {g.Text}"))], input.CostUsd) { ScoreItems = report.ScoreItems };
        return new JudgeOutput(output, report.Alpha, report.ItemsWanted);
    }

    /// <summary>Round r may spend alpha/2^r, so that all rounds together stay under alpha, however many there are.</summary>
    internal static double AlphaOfRound(double alpha, EvaluateInput evaluation) =>
        Math.Min(alpha * Math.Pow(0.5, evaluation.Run.Round), Math.Max(0, alpha - evaluation.AlphaSpent));

    /// <summary>Who gave the labels that the candidate was trained on, as far as known.</summary>
    private async Task<IReadOnlySet<string>> TaughtByAsync(string agent, string candidate, CancellationToken cancellationToken)
    {
        if ((await versions.GetAsync(agent, candidate, cancellationToken))?.Dataset is not { } dataset || !dataset.EndsWith(".jsonl", StringComparison.Ordinal))
            return new HashSet<string>(StringComparer.Ordinal);
        var card = await store.ReadAsync($"{dataset[..^".jsonl".Length]}.card.json", cancellationToken: cancellationToken);
        return card is null
            ? new HashSet<string>(StringComparer.Ordinal)
            : JsonSerializer.Deserialize<DatasetCard>(card.Bytes.Span, SeamJson.Options)!.Sources.Keys.ToHashSet(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Caveats(JudgeInput input, bool taught)
    {
        if (taught)
            yield return $"The labels come from '{input.Labeller}', which labelled training data too: a teacher that grades its own pupil sees none of its own errors, so the candidate's score is too high. Superiority counts as unproven for the rollout.";
        if (input.Shortfall is { } shortfall) yield return shortfall;
    }

    private static string Cut(string text) => text.Length <= ReasonLength ? text : text[..(ReasonLength - 3)] + "...";
}
