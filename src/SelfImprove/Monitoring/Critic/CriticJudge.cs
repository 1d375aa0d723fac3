using System.Text;
using SelfImprove.Agents.Manifests;
using SelfImprove.Models;
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
        var question = new CriticQuestion(manifest, settings);
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
        IChatModel model, CriticQuestion question, Interaction interaction, Dictionary<string, CriticScore> scores, CancellationToken cancellationToken)
    {
        var paid = 0m;
        try
        {
            var score = await journal.RunOnceAsync(
                $"critic/{interaction.Agent}/{interaction.Id}", Claim,
                async token =>
                {
                    var (given, cost) = await question.AskAsync(model, interaction.Id, interaction.Input, interaction.Output, token);
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
}
