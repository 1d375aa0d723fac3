using System.Globalization;
using System.Text.Json;
using SelfImprove.Agents.Manifests;
using SelfImprove.Models;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Tests.DataGeneration.SelfPlay;

/// <summary>
/// Judges that know the truth as often as their reference says (<c>judge:90</c>: nine times of ten) and otherwise say anything, the same whichever answer comes
/// first.
/// </summary>
/// <param name="truth">The right label of a text.</param>
internal sealed class TruthJudge(Func<string, string?> truth) : IModelSource
{
    private int _asked;

    public string Scheme => "judge";

    public int Asked => _asked;

    public ModelIdentity Identify(string reference) => new("test", reference);

    public Task<IChatModel> OpenAsync(string reference, TaskSettings task, CancellationToken cancellationToken = default) =>
        Task.FromResult<IChatModel>(new Model(this, int.Parse(reference, CultureInfo.InvariantCulture) / 100.0));

    private ModelAnswer Answer(double accuracy, string question)
    {
        Interlocked.Increment(ref _asked);
        using var data = JsonDocument.Parse(question[(question.IndexOf('>') + 1)..question.LastIndexOf('<')]);
        var text = data.RootElement.GetProperty("input").EnumerateArray().Last().GetProperty("content").GetString()!;
        var (a, b) = (Label("A"), Label("B"));
        var right = truth(text);
        var random = new SeededRandom($"{text}/{string.Join('/', new[] { a, b }.Order(StringComparer.Ordinal))}");
        var better = random.NextBool(accuracy) ? right : new[] { a, b, "" }.Order(StringComparer.Ordinal).ElementAt(random.Next(3));
        var verdict = better == a ? "A" : better == b ? "B" : "tie";
        return new ModelAnswer { Output = new AgentOutput(JsonSerializer.Serialize(new { reason = "it is", better = verdict })) };

        string Label(string name) => data.RootElement.GetProperty(name).GetProperty("text").GetString()!;
    }

    private sealed class Model(TruthJudge judge, double accuracy) : IChatModel
    {
        public Task<ModelAnswer> AnswerAsync(ModelRequest request, CancellationToken cancellationToken = default) =>
            Task.FromResult(judge.Answer(accuracy, request.LastUserText));
    }
}
