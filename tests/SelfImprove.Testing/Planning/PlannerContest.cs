using SelfImprove.Training.Builtin;

namespace SelfImprove.Testing.Planning;

/// <summary>The planner against fixed strategies, each with the same money, on the same traffic.</summary>
public static class PlannerContest
{
    /// <summary>Plays one seed: all strategies, all budgets.</summary>
    /// <param name="rows">Labelled text.</param>
    /// <param name="test">Held-out labelled text; empty for a part of the rows.</param>
    /// <param name="startRows">Rows a class that the champion was taught.</param>
    /// <param name="budgets">Budgets in labels of the cheap teacher.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="fixedStrategies">What the planner is held against.</param>
    public static async Task<IReadOnlyList<ContestScore>> PlayAsync(
        IReadOnlyList<TextExample> rows, IReadOnlyList<TextExample> test, int startRows, IReadOnlyList<int> budgets, ulong seed,
        IReadOnlyList<ContestStrategy> fixedStrategies)
    {
        await using var world = await ContestWorld.OpenAsync(ContestData.Split(rows, test, startRows, seed));
        var before = await world.AccuracyAsync();
        var scores = new List<ContestScore>();
        foreach (var labels in budgets)
            foreach (var strategy in fixedStrategies.Prepend(ContestStrategy.Planner))
            {
                await using var fork = await world.ForkAsync();
                await fork.PlayAsync(strategy, labels);
                scores.Add(new ContestScore(seed, labels, strategy.Name, before, await fork.AccuracyAsync(), await fork.SpentAsync(), fork.Played));
            }
        return scores;
    }
}
