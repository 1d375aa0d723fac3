using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.SelfPlay;
using SelfImprove.Evaluation.Judging.Pairwise;
using SelfImprove.Models;
using SelfImprove.Planning;
using SelfImprove.Training.Builtin;
using Xunit.Abstractions;

namespace SelfImprove.Tests.DataGeneration.SelfPlay;

/// <summary>
/// When a student may learn from itself, on real texts: where the audit refuses a verifier, what it vouched for is trained on all the same, and the loss is
/// measured.
/// </summary>
[Trait("Data", "reference")]
public sealed class SelfPlayOnTextTests(ITestOutputHelper output)
{
    private const int Played = 800, Audited = 150;
    private static readonly int[] Seeds = [1, 2, 3];

    [Fact]
    public async Task Choose_SchemaCheckAlone_IsNotOfferedAndWouldDoHarm()
    {
        var stories = await PlayAsync("banking77", 5, agent => Task.FromResult<IProposalVerifier>(new FormVerifier(agent.Manifest.Task, false)));
        stories.ShouldAllBe(s => !s.Audit.IsBetterThanStudent && s.Choice.Candidates.All(c => c.Plan.Strategy != PlanStrategy.SelfPlay));
        stories.Average(s => s.After - s.Before).ShouldBeGreaterThan(0.01, "its student learns its own errors");
    }

    [Fact]
    public async Task Choose_JudgeNoBetterThanTheStudent_IsNotOfferedAndWouldDoHarm()
    {
        var stories = await PlayAsync("banking77", 5, agent => Judge(agent, 30));
        stories.ShouldAllBe(s => !s.Audit.IsBetterThanStudent && s.Choice.Candidates.All(c => c.Plan.Strategy != PlanStrategy.SelfPlay));
        stories.Average(s => s.After - s.Before).ShouldBeGreaterThan(0.02);
    }

    [Theory]
    [InlineData("banking77", 5, 0.02)]
    [InlineData("snips", 3, 0.04)]
    public async Task Choose_JudgeThatKnows_IsChosenAndHelps(string set, int perClass, double gain)
    {
        var stories = await PlayAsync(set, perClass, agent => Judge(agent, 92));
        stories.Count(s => s.Audit.IsBetterThanStudent).ShouldBeGreaterThanOrEqualTo(2, "the audit of 150 inputs may lack the power now and then");
        var chosen = stories.Where(s => s.Audit.IsBetterThanStudent).ToList();
        chosen.ShouldAllBe(s => s.Choice.Candidates.Any(c => c.Plan.Strategy == PlanStrategy.SelfPlay));
        stories.Average(s => s.Before - s.After).ShouldBeGreaterThan(gain);
    }

    private static Task<IProposalVerifier> Judge(TextAgent agent, int accuracy)
    {
        var models = new ModelCatalog([new TruthJudge(agent.Truth.GetValueOrDefault)]);
        return ProposalJudges.OpenAsync(models, agent.Manifest, new JudgeSettings { Models = [$"judge:{accuracy}"], Price = 0.001m }, SelfPlayTable.Tries);
    }

    private async Task<List<Story>> PlayAsync(string set, int perClass, Func<TextAgent, Task<IProposalVerifier>> open)
    {
        var stories = new List<Story>();
        foreach (var seed in Seeds)
        {
            var agent = new TextAgent(set, perClass, seed);
            var verifier = await open(agent);
            var table = new SelfPlayTable(new BuiltinModel(agent.Student, TaskOutput.Label), verifier, agent.Manifest, $"{seed}");
            var pilot = TextAgent.Labelled(agent.Take(Audited));
            var audit = SelfPlayAudit.Count(pilot, await AllAsync(table, TextAgent.Items(pilot.Select(p => new TextExample(p.Input[0].Text, "")))), verifier.PriceUsd);
            var choice = Planner.Choose(agent.Facts(Played) with { SelfPlay = audit });

            var texts = agent.Take(Played);
            var played = await AllAsync(table, TextAgent.Items(texts));
            var rows = texts.Zip(played).Where(p => p.Second.Picked is not null).Select(p => new TextExample(p.First.Text, p.Second.Picked!.Decision));
            stories.Add(new Story(audit, choice, agent.Error(agent.Student), agent.Error(agent.Train(rows))));
            output.WriteLine($"{set} seed {seed}: {audit}, precision at least {audit.PrecisionAtLeast:0.00}, student {audit.StudentAccuracy:0.00}; chosen {choice.Chosen?.Describe() ?? choice.Stop}; error {stories[^1].Before:0.000} to {stories[^1].After:0.000}");
        }
        return stories;
    }

    private static async Task<PlayedItem[]> AllAsync(SelfPlayTable table, IEnumerable<SelfImprove.DataGeneration.Labelling.LabelItem> items) =>
        await Task.WhenAll(items.Select(i => table.PlayAsync(i, default)));

    private sealed record Story(VerifierAudit Audit, PlanChoice Choice, double Before, double After);
}
