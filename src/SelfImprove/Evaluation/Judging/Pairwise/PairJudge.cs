using SelfImprove.Agents.Manifests;
using SelfImprove.Models;
using SelfImprove.Models.Structured;
using SelfImprove.Orchestration;

namespace SelfImprove.Evaluation.Judging.Pairwise;

/// <summary>One judge model: asked about a pair in both orders, for models prefer what comes first. Only what it says both times counts; otherwise it is a tie.</summary>
internal sealed class PairJudge
{
    /// <summary>Questions about one pair.</summary>
    public const int Orders = 2;

    private const string Schema = """
        {"type":"object","properties":{"reason":{"type":"string"},"better":{"type":"string","enum":["A","B","tie"]}},"required":["reason","better"],"additionalProperties":false}
        """;
    private const string NoRubric = "What serves the agent's purpose better: right before complete, complete before brief, brief before ornate.";
    private const int Tries = 3;
    private static readonly AnswerFormat Format = StructuredQuestion.FormatOf("verdict", Schema);

    private readonly IChatModel _model;
    private readonly StructuredQuestion _question;

    public PairJudge(IChatModel model, AgentManifest manifest, JudgeSettings settings)
    {
        _model = model;
        var frame = PromptText.Read("Evaluation.Judging.Prompts.pair.txt")
            .Replace("{{description}}", manifest.Description, StringComparison.Ordinal)
            .Replace("{{rubric}}", settings.Rubric.Length > 0 ? settings.Rubric : NoRubric, StringComparison.Ordinal);
        _question = new StructuredQuestion(frame, Format);
    }

    /// <summary>Judges a pair.</summary>
    /// <returns>The verdict, null where an answer was unusable; whether the order decided; what the answers cost.</returns>
    public async Task<(PairVerdict? Verdict, bool Turned, decimal CostUsd)> JudgeAsync(string salt, AnsweredItem item, CancellationToken cancellationToken)
    {
        var (first, paidFirst) = await AskAsync($"{salt}/1", item, item.Candidate, item.Champion, cancellationToken);
        var (second, paidSecond) = await AskAsync($"{salt}/2", item, item.Champion, item.Candidate, cancellationToken);
        PairVerdict? one = first switch { "A" => PairVerdict.Candidate, "B" => PairVerdict.Champion, "tie" => PairVerdict.Tie, _ => null };
        PairVerdict? two = second switch { "A" => PairVerdict.Champion, "B" => PairVerdict.Candidate, "tie" => PairVerdict.Tie, _ => null };
        if (one is null || two is null) return (null, false, paidFirst + paidSecond);
        return (one == two ? one : PairVerdict.Tie, first == second && first != "tie", paidFirst + paidSecond);
    }

    private async Task<(string? Better, decimal CostUsd)> AskAsync(
        string salt, AnsweredItem item, AgentOutput? a, AgentOutput? b, CancellationToken cancellationToken)
    {
        var images = item.Input.SelectMany(m => m.Parts ?? []).Where(p => p.ImageUrl is not null).ToList();
        var input = item.Input.Select(m => m with { Parts = m.Parts?.Where(p => p.ImageUrl is null).ToList() });
        var request = _question.Ask(salt, new Dictionary<string, object> { ["input"] = input, ["A"] = Shown(a), ["B"] = Shown(b) }, images);
        var paid = 0m;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answer = await _model.AnswerAsync(request, cancellationToken);
                paid += answer.CostUsd;
                return (_question.Read(answer).Value?.GetProperty("better").GetString(), paid);
            }
            catch (TransientException) when (attempt < Tries)
            {
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                // A pair without a verdict is counted as such; it must not cost the others theirs.
                return (null, paid);
            }
        }
    }

    private static object Shown(AgentOutput? output) => output is null ? "(it declined to answer)" : output;
}
