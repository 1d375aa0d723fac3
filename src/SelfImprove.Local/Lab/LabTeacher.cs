using System.Collections.Concurrent;
using System.Text.Json;
using SelfImprove.Agents.Manifests;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Local.Lab;

/// <summary>
/// A simulated stronger model: it gives the true label, and a wrong one for a fixed part of the texts. Which, and what it says then, depends on the seed and the text
/// alone.
/// </summary>
public sealed class LabTeacher(LabTraffic traffic) : IModelSource, IChatModel
{
    /// <summary>The share of texts that it labels rightly.</summary>
    public const double Accuracy = 0.95;

    /// <summary>What a label costs, in USD.</summary>
    public const decimal Price = 0.004m;

    /// <summary>Its reference.</summary>
    public const string Reference = "lab:strong";

    private readonly ConcurrentDictionary<string, bool> _asked = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Scheme => "lab";

    /// <summary>How many different texts it labelled.</summary>
    public int Labelled => _asked.Count;

    /// <summary>Whether it labelled a text.</summary>
    public bool HasLabelled(string text) => _asked.ContainsKey(text);

    /// <summary>Its label of a text; null for a text that no user says.</summary>
    public string? Label(string text)
    {
        if (!traffic.Truth.TryGetValue(text, out var truth)) return null;
        _asked[text] = true;
        var random = new SeededRandom((ulong)traffic.Seed).Split(text);
        if (random.NextBool(Accuracy)) return truth;
        var others = traffic.Data.Task.Decisions.Where(d => d != truth).ToArray();
        return others[random.Next(others.Length)];
    }

    /// <inheritdoc/>
    public Task<IChatModel> OpenAsync(string reference, TaskSettings task, CancellationToken cancellationToken = default) => Task.FromResult<IChatModel>(this);

    /// <inheritdoc/>
    public Task<ModelAnswer> AnswerAsync(ModelRequest request, CancellationToken cancellationToken = default) => Task.FromResult(Label(TextOf(request.LastUserText)) is { } label
        ? new ModelAnswer { Output = BuiltinModel.OutputOf(label, traffic.Data.Task.Output) }
        : new ModelAnswer { Output = new AgentOutput(""), Refusal = "The simulated teacher knows the laboratory's texts alone." });

    /// <summary>A teacher that is a language model is shown the conversation as quoted data, between marks; the last thing said there is the text.</summary>
    private static string TextOf(string question)
    {
        var (from, to) = (question.IndexOf('\n', StringComparison.Ordinal), question.LastIndexOf("\n</data-", StringComparison.Ordinal));
        return question.StartsWith("<data-", StringComparison.Ordinal) && to > from
            ? JsonSerializer.Deserialize<List<ChatMessage>>(question.AsSpan(from, to - from), SeamJson.Options)!.Last(m => m.Role == "user").Text
            : question;
    }
}
