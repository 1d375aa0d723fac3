using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Filters;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Evaluation.Scoring;
using SelfImprove.Evaluation.ValidationSets;
using SelfImprove.Models;

namespace SelfImprove.Evaluation.Comparing;

/// <summary>Lets a version answer items, and checks of its answers what needs no label.</summary>
/// <param name="manifest">The run's manifest.</param>
/// <param name="redactor">Tells personal data.</param>
/// <param name="clock">Measures latency.</param>
internal sealed class AnswerSheet(AgentManifest manifest, ITextRedactor redactor, TimeProvider clock)
{
    private const int AtOnce = 8;

    public async Task<SheetAnswer[]> AnswerAsync(IChatModel model, IReadOnlyList<ValidationItem> items, CancellationToken cancellationToken)
    {
        var scores = new SheetAnswer[items.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, items.Count, options, async (i, token) => scores[i] = await AnswerAsync(model, items[i], token));
        return scores;
    }

    private async Task<SheetAnswer> AnswerAsync(IChatModel model, ValidationItem item, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var answer = await model.AnswerAsync(Request(item), cancellationToken);
        var latency = clock.GetElapsedTime(started).TotalMilliseconds;
        var refused = answer.Refusal is not null;
        var score = new AnswerScore(
            0,
            refused ? "" : Cut(answer.Output.Decision),
            refused,
            refused ? null : Outside(answer.Output),
            !refused && HasForeignPersonalData(item, answer.Output),
            latency,
            answer.CostUsd)
        { Secret = !refused && HasForeignSecret(item, answer.Output) };
        return new SheetAnswer(score, refused ? null : answer.Output);
    }

    private ModelRequest Request(ValidationItem item)
    {
        var instructed = manifest.Task.Instructions is { } instructions && !item.Input.Any(InputText.IsInstruction)
            ? [ChatMessage.System(instructions), .. item.Input]
            : item.Input;
        return new ModelRequest(instructed, manifest.Task.Tools is { Count: > 0 } tools ? tools : null);
    }

    /// <summary>Arguments that don't fit a schema are bad answers, not forbidden ones: the evaluator counts them.</summary>
    private string? Outside(AgentOutput output)
    {
        var decisions = manifest.Task.Decisions;
        if (decisions.Count == 0) return output.ToolCalls is { Count: > 0 } calls ? $"it called the tool '{Cut(calls[0].Name)}', the agent has none" : null;
        if (manifest.Task.Output == TaskOutput.Label && output.ToolCalls is { Count: > 0 })
            return $"it called the tool '{Cut(output.ToolCalls[0].Name)}', the agent has none";
        var used = manifest.Task.Output == TaskOutput.Tool ? (output.ToolCalls ?? []).Select(c => c.Name) : [output.Decision];
        return used.FirstOrDefault(u => !decisions.Contains(u, StringComparer.Ordinal)) is { } other
            ? $"'{Cut(other)}' is none of the agent's {decisions.Count} decisions"
            : null;
    }

    private bool HasForeignPersonalData(ValidationItem item, AgentOutput output)
    {
        var text = Said(output);
        if (redactor.Redact(text).Count == 0) return false;
        // What the caller said may be repeated: only words that the input does not hold count.
        var known = InputText.Of(item.Input).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var foreign = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(w => !known.Contains(w));
        return redactor.Redact(string.Join(' ', foreign)).Count > 0;
    }

    private static bool HasForeignSecret(ValidationItem item, AgentOutput output) => SecretFilter.Finds(Said(output)) && !SecretFilter.Finds(InputText.Of(item.Input));

    private static string Said(AgentOutput output) => string.Join('\n', (output.ToolCalls ?? []).Select(c => c.Arguments).Prepend(output.Text ?? ""));

    /// <summary>What is known of an answer before it is scored, and the answer; null where it declined.</summary>
    public readonly record struct SheetAnswer(AnswerScore Score, AgentOutput? Output);

    private static string Cut(string text) => text.Length <= 120 ? text : text[..117] + "...";
}
