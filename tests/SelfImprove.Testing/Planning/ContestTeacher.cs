using SelfImprove.Agents.Manifests;
using SelfImprove.Models;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Testing.Planning;

/// <summary>
/// The teachers of a contest. The cheap one is a real model, a student of the same kind taught with more rows: it errs where its pupil is unsure, as real ones do.
/// The dear one names the truth, and another class for a fixed share of the texts.
/// </summary>
public sealed class ContestTeacher : IModelSource
{
    /// <summary>The share of texts that the dear one labels rightly.</summary>
    public const double DearAccuracy = 0.97;

    private readonly ContestData _data;
    private readonly StudentModel _cheap;
    private readonly Dictionary<string, string> _truth;

    public ContestTeacher(ContestData data)
    {
        _data = data;
        _truth = data.Traffic.ToDictionary(t => t.Text, t => t.Label, StringComparer.Ordinal);
        _cheap = StudentTrainer.Train(data.Schooling, Training.Builtin.StudentSettings.Default with { MaxThreads = 1 }, (int)data.Seed);
        CheapAccuracy = data.Traffic.Count(t => _cheap.Predict(t.Text).Label == t.Label) / (double)data.Traffic.Count;
        var sure = data.Traffic.Where(t => _cheap.Predict(t.Text).Probability >= ContestManifest.Sure).ToList();
        SureShare = sure.Count / (double)data.Traffic.Count;
        CascadeAccuracy = (sure.Count(t => _cheap.Predict(t.Text).Label == t.Label) + ((data.Traffic.Count - sure.Count) * DearAccuracy)) / data.Traffic.Count;
    }

    /// <inheritdoc/>
    public string Scheme => "contest";

    /// <summary>The share of traffic that the cheap one labels rightly, counted.</summary>
    public double CheapAccuracy { get; }

    /// <summary>The share of traffic of which the cheap one is sure.</summary>
    public double SureShare { get; }

    /// <summary>The share of traffic that both together label rightly, the dear one asked where the cheap one is unsure.</summary>
    public double CascadeAccuracy { get; }

    /// <inheritdoc/>
    public Task<IChatModel> OpenAsync(string reference, TaskSettings task, CancellationToken cancellationToken = default) => Task.FromResult<IChatModel>(new Voice(this, reference));

    private ModelAnswer Answer(string who, string text)
    {
        if (who != ContestManifest.Cheap)
        {
            var truth = _truth[text];
            var random = new SeededRandom(_data.Seed).Split(text);
            if (who == ContestManifest.Judge || random.NextBool(DearAccuracy)) return new ModelAnswer { Output = new AgentOutput(truth), Confidence = 1 };
            var others = _data.Classes.Where(c => c != truth).ToArray();
            return new ModelAnswer { Output = new AgentOutput(others[random.Next(others.Length)]), Confidence = 1 };
        }
        var said = _cheap.Predict(text);
        return new ModelAnswer { Output = new AgentOutput(said.Label), Confidence = said.Probability };
    }

    private sealed class Voice(ContestTeacher teacher, string who) : IChatModel
    {
        public Task<ModelAnswer> AnswerAsync(ModelRequest request, CancellationToken cancellationToken = default) => Task.FromResult(teacher.Answer(who, TextOf(request.LastUserText)));

        // A teacher is shown the conversation as quoted data, between marks; the last thing said there is the text.
        private static string TextOf(string question)
        {
            var (from, to) = (question.IndexOf('\n', StringComparison.Ordinal), question.LastIndexOf("\n</data-", StringComparison.Ordinal));
            return question.StartsWith("<data-", StringComparison.Ordinal) && to > from
                ? System.Text.Json.JsonSerializer.Deserialize<List<ChatMessage>>(question.AsSpan(from, to - from), Orchestration.SeamJson.Options)!.Last(m => m.Role == "user").Text
                : question;
        }
    }
}
