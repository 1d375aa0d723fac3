using System.Text;
using SelfImprove.Agents.Manifests;
using SelfImprove.Models;
using SelfImprove.Models.Structured;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Events;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Critic;

/// <summary>
/// Has a model score interactions with the manifest's rubric. Each interaction is paid for once: its score is kept under an intent, and a look that is repeated
/// finds it. What a day may cost is charged before it is asked, to a run named after the day.
/// </summary>
/// <param name="models">Opens the model.</param>
/// <param name="spend">Bounds the day, and the month.</param>
/// <param name="journal">Keeps scores, and two looks from asking at once.</param>
public sealed class CriticJudge(ModelCatalog models, SpendBook spend, IntentJournal journal)
{
    private const int InFlight = 10;
    private const int Tries = 2;
    private const int MaxReason = 300;
    private const string Schema = """
        {"type":"object","properties":{"reason":{"type":"string"},"score":{"type":"integer","minimum":1,"maximum":5}},"required":["reason","score"],"additionalProperties":false}
        """;
    private const string NoRubric = "It does what the agent is for, is right, and leaves out nothing that matters.";
    private static readonly AnswerFormat Format = StructuredQuestion.FormatOf("score", Schema);
    private static readonly TaskSettings FreeText = new() { Output = TaskOutput.Text };
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(5);

    /// <summary>The run that the day's spend is booked under.</summary>
    public static RunRef DayOf(string agent, DateTimeOffset now) => new(agent, $"{agent}-critic-{now.UtcDateTime:yyyyMMdd}", 1, 0);

    /// <summary>Scores interactions that have an output.</summary>
    /// <returns>Interaction to score; those that the day's money, or the model's answers, did not reach are missing.</returns>
    public async Task<IReadOnlyDictionary<string, CriticScore>> ScoreAsync(
        AgentManifest manifest, IReadOnlyList<Interaction> interactions, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var scores = new Dictionary<string, CriticScore>(StringComparer.Ordinal);
        if (manifest.Critic.Judge is not { } settings || interactions.Count == 0) return scores;
        var day = DayOf(manifest.Agent, now);
        var budget = new BudgetSettings { PerRun = settings.PerDay, PerMonth = manifest.Budget.PerMonth };
        var question = new StructuredQuestion(
            PromptText.Read("Monitoring.Critic.Prompts.critic.txt")
                .Replace("{{description}}", manifest.Description, StringComparison.Ordinal)
                .Replace("{{rubric}}", settings.Rubric.Length > 0 ? settings.Rubric : NoRubric, StringComparison.Ordinal), Format);
        IChatModel? model = null;
        foreach (var group in interactions.Chunk(InFlight))
        {
            var left = settings.PerDay - await spend.OfRunAsync(day, cancellationToken);
            if (left <= 0) return scores;
            var key = $"critic/{manifest.Agent}/{Fingerprint.Hash(Encoding.UTF8.GetBytes(string.Join('\n', group.Select(i => i.Id))), 43):x16}";
            try
            {
                await spend.ChargeAsync(day, budget, key, $"{group.Length} scores of the critic", settings.Price * group.Length, cancellationToken);
                model ??= await models.OpenAsync(settings.Model, FreeText, cancellationToken);
                var paid = await Task.WhenAll(group.Select(i => OneAsync(model, question, i, scores, cancellationToken)));
                // A price stated too low must not open the bound: what was spent beyond it fills the day.
                if (paid.Sum() - settings.Price * group.Length is > 0 and var more)
                    await spend.BookSpentAsync(day, budget, key + "/more", "scores of the critic, beyond their stated price", more, cancellationToken);
            }
            catch (BudgetExceededException)
            {
                return scores;
            }
        }
        return scores;
    }

    private async Task<decimal> OneAsync(
        IChatModel model, StructuredQuestion question, Interaction interaction, Dictionary<string, CriticScore> scores, CancellationToken cancellationToken)
    {
        var paid = 0m;
        try
        {
            var score = await journal.RunOnceAsync(
                $"critic/{interaction.Agent}/{interaction.Id}", Claim,
                async token =>
                {
                    var (given, cost) = await AskAsync(model, question, interaction, token);
                    paid = cost;
                    return given;
                }, cancellationToken);
            if (score is not null)
                lock (scores) scores[interaction.Id] = score;
        }
        catch (TransientException)
        {
            // The model is busy, or another look has this interaction in hand: this one goes without.
        }
        return paid;
    }

    private static async Task<(CriticScore? Score, decimal CostUsd)> AskAsync(
        IChatModel model, StructuredQuestion question, Interaction interaction, CancellationToken cancellationToken)
    {
        var images = interaction.Input.SelectMany(m => m.Parts ?? []).Where(p => p.ImageUrl is not null).ToList();
        var input = interaction.Input.Select(m => m with { Parts = m.Parts?.Where(p => p.ImageUrl is null).ToList() });
        var request = question.Ask(interaction.Id, new { input, answer = interaction.Output }, images);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answer = await model.AnswerAsync(request, cancellationToken);
                if (question.Read(answer).Value is not { } value) return (null, answer.CostUsd);
                var reason = value.GetProperty("reason").GetString()!;
                return (new CriticScore((int)value.GetProperty("score").GetDouble(), reason.Length <= MaxReason ? reason : reason[..MaxReason]), answer.CostUsd);
            }
            catch (TransientException) when (attempt < Tries)
            {
            }
            catch (Exception e) when (e is not (TransientException or OperationCanceledException))
            {
                // It will fail for this one again.
                return (null, 0);
            }
        }
    }
}
