using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.Orchestration;
using SelfImprove.Planning;
using SelfImprove.Storage;

namespace SelfImprove.Training.FewShot;

/// <summary>
/// "Trains" a language model by showing it examples: <c>student.trainer: few-shot</c>. Nothing is trained; the candidate is the parent's model with examples of the
/// dataset in its prompt, the newest of each decision in turn. It takes no time and costs nothing but the longer prompts.
/// </summary>
/// <param name="store">Where datasets are and prompts go: <c>agents/{agent}/models/{name}.prompt.json</c>.</param>
public sealed class FewShotTrainer(IObjectStore store) : ITrainer
{
    /// <summary>Examples in a prompt at most.</summary>
    public const int MostExamples = PlanScorer.PromptExamples;

    /// <inheritdoc/>
    public string Name => "few-shot";

    /// <inheritdoc/>
    public IReadOnlySet<string> Formats { get; } = new HashSet<string>(StringComparer.Ordinal) { DatasetFormat.FewShot };

    /// <inheritdoc/>
    public TrainerCapabilities Capabilities { get; } = new(Tools: true, Images: false);

    /// <inheritdoc/>
    public async Task<string> SubmitAsync(TrainingJob job, string idempotencyKey, CancellationToken cancellationToken = default)
    {
        var documents = new JsonDocuments(store);
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(idempotencyKey)))[..16];
        var path = $"agents/{job.Run.Agent}/models/{name}.prompt.json";
        if (await store.ReadAsync(path, new ByteRange(0, 1), cancellationToken) is not null) return path;
        var parent = job.ParentModel;
        if (parent.StartsWith($"{FewShotModelSource.SchemeName}:", StringComparison.Ordinal))
            parent = (await documents.ReadAsync<FewShotPrompt>(parent[(FewShotModelSource.SchemeName.Length + 1)..], cancellationToken))?.Value.Base
                ?? throw new TrainingRefusedException($"The parent's prompt {parent} is gone: register the model behind it anew with 'selfimprove versions add'.");
        if (parent.StartsWith("builtin:", StringComparison.Ordinal))
            throw new TrainingRefusedException($"The parent {parent} is a built-in student, which reads no prompt. Use student.trainer: builtin, or register a language model as a version.");
        var rows = new List<DatasetRow>();
        await foreach (var row in DatasetReader.ReadRowsAsync(store, job.Dataset, cancellationToken))
            if (row.Weight > 0) rows.Add(row);
        var prompt = new FewShotPrompt(parent, Choose(rows, job.Task.Decisions.Count > 0));
        if (prompt.Examples.Count == 0) throw new TrainingRefusedException($"The dataset {job.Dataset} has no rows to show.");
        await documents.WriteAsync(path, prompt, WriteCondition.IfAbsent, cancellationToken);
        return path;
    }

    /// <inheritdoc/>
    public async Task<TrainingStatus> GetAsync(string jobId, CancellationToken cancellationToken = default)
    {
        if (await store.ReadAsync(jobId, cancellationToken: cancellationToken) is not { } file)
            return new TrainingStatus { State = TrainingState.Failed, Reason = $"There is no prompt {jobId}; it will be written again.", IsTransient = true };
        var prompt = JsonSerializer.Deserialize<FewShotPrompt>(file.Bytes.Span, SeamJson.Options)!;
        return new TrainingStatus
        {
            State = TrainingState.Succeeded,
            Model = $"{FewShotModelSource.SchemeName}:{jobId}",
            ContentHash = Convert.ToHexStringLower(SHA256.HashData(file.Bytes.Span)),
            Metrics = new Dictionary<string, double> { ["examples"] = prompt.Examples.Count },
        };
    }

    /// <inheritdoc/>
    public Task CancelAsync(string jobId, CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <summary>Each decision's newest row (of free text: the newest rows), then each one's next, until there are enough; shown oldest first, for models weigh most what they read last.</summary>
    private static List<FewShotExample> Choose(List<DatasetRow> rows, bool isDecision)
    {
        var turns = rows.Select((row, age) => (Row: row, Age: age)).Reverse()
            .GroupBy(r => isDecision ? r.Row.Output.Decision : "", StringComparer.Ordinal)
            .SelectMany(decision => decision.Select((r, turn) => (r.Row, r.Age, Turn: turn)));
        return [.. turns.OrderBy(r => r.Turn).ThenByDescending(r => r.Age).Take(MostExamples).OrderBy(r => r.Age)
            .Select(r => new FewShotExample([.. r.Row.Messages.Where(m => m.Role is not ("system" or "developer"))], r.Row.Output))];
    }
}
