using SelfImprove.Agents.Manifests;
using SelfImprove.Models;
using SelfImprove.Models.Structured;
using SelfImprove.Orchestration;

namespace SelfImprove.Monitoring.Critic;

/// <summary>What the critic's model is asked about an answer: the manifest's rubric, content as quoted data, a score with a reason.</summary>
internal sealed class CriticQuestion(AgentManifest manifest, CriticJudgeSettings settings)
{
    private const int Tries = 2;
    private const int MaxReason = 300;
    private const string Schema = """
        {"type":"object","properties":{"reason":{"type":"string"},"score":{"type":"integer","minimum":1,"maximum":5}},"required":["reason","score"],"additionalProperties":false}
        """;
    private const string NoRubric = "It does what the agent is for, is right, and leaves out nothing that matters.";
    private static readonly AnswerFormat Format = StructuredQuestion.FormatOf("score", Schema);

    private readonly StructuredQuestion _question = new(
        PromptText.Read("Monitoring.Critic.Prompts.critic.txt")
            .Replace("{{description}}", manifest.Description, StringComparison.Ordinal)
            .Replace("{{rubric}}", settings.Rubric.Length > 0 ? settings.Rubric : NoRubric, StringComparison.Ordinal), Format);

    /// <summary>Asks; null where the answer is unusable, and will be again.</summary>
    /// <exception cref="TransientException">The model is busy.</exception>
    public async Task<(CriticScore? Score, decimal CostUsd)> AskAsync(
        IChatModel model, string salt, IReadOnlyList<ChatMessage> conversation, AgentOutput? output, CancellationToken cancellationToken)
    {
        var images = conversation.SelectMany(m => m.Parts ?? []).Where(p => p.ImageUrl is not null).ToList();
        var input = conversation.Select(m => m with { Parts = m.Parts?.Where(p => p.ImageUrl is null).ToList() });
        var request = _question.Ask(salt, new { input, answer = output }, images);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answer = await model.AnswerAsync(request, cancellationToken);
                if (_question.Read(answer).Value is not { } value) return (null, answer.CostUsd);
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
