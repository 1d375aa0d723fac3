using System.Globalization;
using SelfImprove.Agents.Manifests;
using SelfImprove.Models;
using SelfImprove.Models.Structured;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Planning.Models;

/// <summary>
/// Asks the manifest's planning model to choose among the candidates, or adjust one. Its answer is scored like every plan and held to the same constraints; one that
/// is invalid, unaffordable, late or missing leaves the deterministic choice. It is asked once per round and look: charged first, its answer kept.
/// </summary>
/// <param name="models">Opens the model.</param>
/// <param name="spend">Is charged.</param>
/// <param name="journal">Keeps the answer.</param>
/// <param name="clock">Measures the time that it has.</param>
public sealed class PlanAdvisor(ModelCatalog models, SpendBook spend, IntentJournal journal, TimeProvider clock)
{
    /// <summary>Candidates that it is shown: the best by expected net value.</summary>
    public const int Shown = 20;

    private const int MaxReason = 500;
    private const string Schema = """
        {"type":"object","properties":{"candidate":{"type":"integer","minimum":1},"rows":{"type":["integer","null"],"minimum":1},"wait":{"type":["integer","null"],"minimum":0},"reason":{"type":"string"}},
         "required":["candidate","rows","wait","reason"],"additionalProperties":false}
        """;
    private static readonly AnswerFormat Format = StructuredQuestion.FormatOf("choice", Schema);
    private static readonly TaskSettings FreeText = new() { Output = TaskOutput.Text };

    /// <summary>What the model answered, as kept: a choice, or why there is none.</summary>
    private sealed record Reply(int Candidate, int? Rows, int? Wait, string? Reason, string? Failure);

    /// <summary>Takes the model's advice on a choice, where there is a model and something to choose.</summary>
    /// <param name="key">The activity's idempotency key.</param>
    /// <param name="run">The run and round: charged.</param>
    /// <param name="facts">What the choice was made from.</param>
    /// <param name="choice">The deterministic choice.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The choice, with the advice in it.</returns>
    public async Task<PlanChoice> AdviseAsync(string key, RunRef run, PlanningFacts facts, PlanChoice choice, CancellationToken cancellationToken)
    {
        if (facts.Manifest.Planning.Model is not { } settings || choice.Chosen is not { } chosen) return choice;
        var shown = choice.Candidates.Take(Shown).ToList();
        var reply = await journal.RunOnceAsync(
            $"{key}/advice", settings.Timeout + TimeSpan.FromMinutes(2), token => AskAsync(key, run, facts, settings, choice, shown, token), cancellationToken);
        if (reply.Failure is not null) return choice with { Advice = new PlanAdvice(settings.Model, chosen, null, null, false, reply.Failure) };
        var (advised, problem) = Judge(reply, shown, facts);
        var taken = problem is null;
        return choice with
        {
            Chosen = taken ? advised : chosen,
            Advice = new PlanAdvice(settings.Model, chosen, advised, reply.Reason, taken, problem),
        };
    }

    private async Task<Reply> AskAsync(
        string key, RunRef run, PlanningFacts facts, PlanningModelSettings settings, PlanChoice choice, IReadOnlyList<CandidatePlan> shown,
        CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(settings.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await spend.ChargeAsync(run, facts.Manifest.Budget, $"{key}/advice", "the planning model's advice", settings.Price, cancellationToken);
            var model = await models.OpenAsync(settings.Model, FreeText, either.Token);
            var question = new StructuredQuestion(
                PromptText.Read("Planning.Models.Prompts.plan.txt").Replace("{{description}}", facts.Manifest.Description, StringComparison.Ordinal), Format);
            var answer = await model.AnswerAsync(question.Ask($"{run.Run}/{run.Round}", Content(facts, choice, shown)), either.Token);
            if (answer.CostUsd > settings.Price)
                await spend.BookSpentAsync(run, facts.Manifest.Budget, $"{key}/advice/more", "the planning model's advice, beyond its stated price", answer.CostUsd - settings.Price,
                    cancellationToken);
            var (read, problem) = question.Read(answer);
            if (read is not { } value) return Failed(problem!);
            var reason = value.GetProperty("reason").GetString()!;
            return new Reply(
                Whole(value, "candidate")!.Value, Whole(value, "rows"), Whole(value, "wait"), reason.Length <= MaxReason ? reason : reason[..MaxReason], null);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Failed($"it did not answer within {settings.Timeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s");
        }
        catch (BudgetExceededException broke)
        {
            return Failed($"it can't be paid: {broke.Message}");
        }
        catch (Exception failed) when (failed is not OperationCanceledException and not StorageException)
        {
            return Failed($"it failed: {failed.Message}");
        }
    }

    private static object Content(PlanningFacts facts, PlanChoice choice, IReadOnlyList<CandidatePlan> shown) => new
    {
        Diagnosis = choice.Diagnosis,
        Candidates = shown.Select((c, i) => new { Number = i + 1, Words = c.Describe(), c.Plan, c.Gain, c.GainSd, c.Promoted, c.CostUsd, c.WaitCostUsd, c.NetUsd, c.Obstacle }),
        Default = choice.Chosen!.Describe(),
        Limits = new
        {
            BudgetLeftUsd = facts.Left,
            facts.Manifest.Planning.MaxRows,
            MaxWait = facts.Manifest.Planning.MaxWait - facts.Waited,
            InputsToLabel = facts.Pool,
            facts.Corrections,
            Earlier = facts.Earlier.Select(e => new { e.Plan, e.CandidateError, e.ChampionError, e.Items }),
        },
    };

    private static (CandidatePlan? Advised, string? Problem) Judge(Reply reply, IReadOnlyList<CandidatePlan> shown, PlanningFacts facts)
    {
        if (reply.Candidate > shown.Count) return (null, $"there is no candidate {reply.Candidate}, only {shown.Count}");
        var candidate = shown[reply.Candidate - 1];
        var plan = candidate.Plan with { Rows = reply.Rows ?? candidate.Plan.Rows, Wait = reply.Wait ?? candidate.Plan.Wait };
        if (PlanEnumerator.Problem(plan, facts) is { } impossible) return (null, impossible);
        var scored = plan == candidate.Plan ? candidate : new PlanScorer(facts).Score(plan);
        if (scored.Obstacle is { } obstacle) return (scored, obstacle);
        return Planner.IsWorthwhile(scored, facts) ? (scored, null) : (scored, string.Create(CultureInfo.InvariantCulture,
            $"it is not worth it: chance of promotion {scored.Promoted:P0}, {scored.NetUsd:0.##} USD net"));
    }

    private static Reply Failed(string why) => new(0, null, null, null, why);

    private static int? Whole(System.Text.Json.JsonElement value, string name) =>
        value.GetProperty(name) is { ValueKind: System.Text.Json.JsonValueKind.Number } number ? (int)Math.Clamp(number.GetDouble(), 0, int.MaxValue) : null;
}
