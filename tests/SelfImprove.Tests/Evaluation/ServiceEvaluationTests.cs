using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Evaluation;
using SelfImprove.Evaluation.Scoring.Services;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.Tests.Evaluation;

/// <summary>A whole evaluation whose answers a service scores.</summary>
public class ServiceEvaluationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Evaluate_ByAService_AsksOnceForEachDifferentAnswer(bool needsLabel)
    {
        var service = new ScriptedService();
        await using var world = await OpenAsync(needsLabel, service);

        var report = await world.EvaluateAsync();

        (report.Evaluator, report.Verdict).ShouldBe(("http", Verdict.Pass));
        report.CandidateScore.ShouldBeGreaterThan(report.ChampionScore + 0.2);
        report.LabelsSaved.ShouldBe(needsLabel ? 120 - report.Labelled : 0);
        report.Sources.Keys.ShouldHaveSingleItem().ShouldBe(needsLabel ? "teacher:oracle" : "rule");
        service.Asked.ShouldAllBe(q => q.Expected != null == needsLabel);
        service.Asked.Select(q => q.Id).ShouldBeUnique();
        // Two answers where they differ, one where they are the same; the latter only where a score is wanted.
        service.Asked.Count.ShouldBeInRange(report.Labelled + 1, 2 * report.Labelled - 1);
        (await world.Get<SpendBook>().EntriesAsync(EvaluationWorld.Agent)).Where(e => e.What.Contains("scored by own")).Sum(e => e.Usd).ShouldBe(service.Asked.Count * 0.002m);
    }

    [Fact]
    public async Task Evaluate_ServiceIsBusyAtFirst_IsAskedAgainForWhatIsMissingOnly()
    {
        var service = new ScriptedService { BusyAt = 2 };
        await using var world = await OpenAsync(needsLabel: false, service);

        (await world.EvaluateAsync()).Verdict.ShouldBe(Verdict.Pass);

        // The group that failed was asked twice, the one before it once.
        service.Asked.GroupBy(q => q.Id).Count(g => g.Count() > 1).ShouldBe(0);
        service.Calls.ShouldBeGreaterThan((service.Asked.Count + 49) / 50);
        (await world.Get<SpendBook>().EntriesAsync(EvaluationWorld.Agent)).Where(e => e.What.Contains("scored by own")).Sum(e => e.Usd).ShouldBe(service.Asked.Count * 0.002m);
    }

    [Fact]
    public async Task Evaluate_HostWithoutServices_SaysWhatToDo()
    {
        await using var world = await OpenAsync(needsLabel: false, null);
        (await Should.ThrowAsync<InvalidOperationException>(() => world.EvaluateAsync())).Message.ShouldContain("scoring.services");
    }

    private static Task<EvaluationWorld> OpenAsync(bool needsLabel, ScriptedService? service) => EvaluationWorld.OpenAsync(
        r => Answer(r, "champion", 0.4), r => Answer(r, "candidate", 0.8), _ => "billing",
        m => m with { Evaluation = m.Evaluation with { Evaluator = "http", Http = new HttpEvaluatorSettings { Service = "own", Price = 0.002m, NeedsLabel = needsLabel } } },
        configure: services =>
        {
            if (service is not null) services.AddSingleton<IScoringService>(service);
        });

    private static ModelAnswer Answer(ModelRequest request, string who, double right) =>
        new() { Output = new AgentOutput(EvaluationWorld.Luck(who, request.LastUserText, right) ? "billing" : "travel") };

    private sealed class ScriptedService : IScoringService
    {
        public ConcurrentQueue<ScoringQuestion> Asked { get; } = new();

        public int Calls { get; private set; }

        public int BusyAt { get; init; }

        public Task<IReadOnlyList<double>> ScoreAsync(string service, IReadOnlyList<ScoringQuestion> questions, CancellationToken cancellationToken = default)
        {
            if (++Calls == BusyAt) throw new TransientException("busy");
            foreach (var question in questions) Asked.Enqueue(question);
            return Task.FromResult<IReadOnlyList<double>>([.. questions.Select(q => q.Answer.Decision == "billing" ? 1.0 : 0)]);
        }
    }
}
