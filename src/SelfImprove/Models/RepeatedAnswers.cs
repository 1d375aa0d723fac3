namespace SelfImprove.Models;

/// <summary>Several answers of a model whose probabilities nobody knows.</summary>
internal static class RepeatedAnswers
{
    public static async Task<IReadOnlyList<ModelAnswer>> AskAsync(IChatModel model, ModelRequest request, int times, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        var (answers, declined) = (new List<ModelAnswer>(times), 0m);
        for (var i = 0; i < times; i++)
        {
            var answer = await model.AnswerAsync(request, cancellationToken).ConfigureAwait(false);
            if (answer.Refusal is null) answers.Add(answer);
            else declined += answer.CostUsd;
        }
        if (answers.Count > 0 && declined > 0) answers[^1] = answers[^1] with { CostUsd = answers[^1].CostUsd + declined };
        return answers;
    }
}
