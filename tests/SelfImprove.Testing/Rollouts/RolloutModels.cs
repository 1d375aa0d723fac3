using System.Globalization;
using System.Text.RegularExpressions;
using SelfImprove.Agents.Manifests;
using SelfImprove.Models;

namespace SelfImprove.Testing.Rollouts;

/// <summary>The scheme <c>sim:</c>: the challengers of simulated rollouts and the teachers that their answers are held against.</summary>
/// <param name="runs">The rollouts, by agent.</param>
public sealed partial class RolloutModels(IReadOnlyDictionary<string, RolloutTraffic> runs) : IModelSource
{
    /// <summary>How a request's text begins; its number follows.</summary>
    public const string Request = "request";

    public string Scheme => "sim";

    public static string Challenger(string agent) => $"sim:{agent}/challenger";

    public static string Teacher(string agent) => $"sim:{agent}/teacher";

    public Task<IChatModel> OpenAsync(string reference, TaskSettings task, CancellationToken cancellationToken = default)
    {
        var (run, isTeacher) = (runs[reference.Split('/')[0]], reference.EndsWith("/teacher", StringComparison.Ordinal));
        return Task.FromResult<IChatModel>(new Model(run, isTeacher));
    }

    [GeneratedRegex(Request + " ([0-9]+)")]
    private static partial Regex Number();

    private sealed class Model(RolloutTraffic run, bool isTeacher) : IChatModel
    {
        public Task<ModelAnswer> AnswerAsync(ModelRequest request, CancellationToken cancellationToken = default)
        {
            var number = int.Parse(Number().Match(request.LastUserText).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            var output = isTeacher ? run.TeacherSays(number) : run.ChallengerSays(number) ?? throw new InvalidOperationException("model");
            return Task.FromResult(new ModelAnswer { Output = output });
        }
    }
}
