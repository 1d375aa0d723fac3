using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration;
using SelfImprove.Models;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing.Loop;
using SelfImprove.Training;
using SelfImprove.Training.FewShot;

namespace SelfImprove.Tests.Loop;

/// <summary>A whole run of an agent whose model is prompted, not trained.</summary>
public sealed class FewShotLoopTests
{
    [Fact]
    public async Task Run_ModelThatReadsExamples_IsShownCorrectionsAndPromoted()
    {
        await using var world = await ImprovementWorld.OpenAsync(
            m => m with
            {
                Triggers = [new TriggerSettings { Kind = TriggerKind.Request }],
                Teachers = [new TeacherSettings { Name = "auditor", Model = $"builtin:{SmallManifest.TeacherPath}", Price = 0.01m, Accuracy = 0.97 }],
                Student = new StudentSettings { Trainer = "few-shot" },
                Planning = m.Planning with { MaxWait = 0 },
                // The model that knows nothing always answers with the first class: there it can only lose.
                Evaluation = m.Evaluation with { Labeller = "auditor", Items = 80, MaxItems = 150, SliceTolerance = 0.3 },
                Data = m.Data with { MaxSourceShare = 1 },
            },
            alwaysReplay: false, services => services.AddSingleton<IModelSource, ReaderSource>(), new WorldStart(new SmallTask(3, 7), Known: 3));
        var adopted = await world.Get<AdoptedModel>().RegisterAsync(world.Manifest, "reader:one", "person:test");
        await world.Get<RoutingStore>().ChangeAsync(ImprovementWorld.Agent, t => RoutingChange.To(t with { Champion = adopted.Id }), null);
        await world.ServeAsync(400, world.AnyClass, correct: true);
        await world.RequestAsync();

        var outcome = await world.EndAsync(requests: 3_000);

        var choice = (await world.ReadAsync<PlanChoice>("plan-1.json"))!;
        choice.Chosen!.Plan.Strategy.ShouldBe(PlanStrategy.FewShot);
        choice.Candidates.ShouldAllBe(c => c.Plan.Strategy == PlanStrategy.FewShot, "nothing else can be done with a prompt");
        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        var promoted = (await world.Get<VersionStore>().GetAsync(ImprovementWorld.Agent, outcome.Champion!))!;
        promoted.Model.ShouldStartWith("few-shot:agents/desk/models/");
        var prompt = (await world.Get<JsonDocuments>().ReadAsync<FewShotPrompt>(promoted.Model["few-shot:".Length..]))!.Value;
        prompt.Base.ShouldBe("reader:one");
        prompt.Examples.Count.ShouldBe(FewShotTrainer.MostExamples);
        prompt.Examples.Select(e => e.Output.Decision).Distinct().Count().ShouldBe(world.Task.Classes.Count, "every class has its turn");
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    /// <summary>A model that knows nothing but what its prompt shows: it answers as the example with most of the rarer words in common.</summary>
    private sealed class ReaderSource : IModelSource
    {
        public string Scheme => "reader";

        public Task<IChatModel> OpenAsync(string reference, TaskSettings task, CancellationToken cancellationToken = default) => Task.FromResult<IChatModel>(new Reader(task.Labels[0]));

        private sealed class Reader(string otherwise) : IChatModel
        {
            public Task<ModelAnswer> AnswerAsync(ModelRequest request, CancellationToken cancellationToken = default)
            {
                var shown = request.Messages.Zip(request.Messages.Skip(1)).Where(m => m.Second.Role == "assistant")
                    .Select(m => (Label: m.Second.Text, Words: Words(m.First.Text))).ToList();
                var asked = Words(request.Messages[^1].Text).ToDictionary(w => w, w => 1.0 / Math.Max(1, shown.Count(s => s.Words.Contains(w))));
                var nearest = shown.OrderByDescending(s => s.Words.Sum(w => asked.GetValueOrDefault(w))).FirstOrDefault();
                return Task.FromResult(new ModelAnswer { Output = new AgentOutput(nearest.Label ?? otherwise) });
            }

            private static string[] Words(string text) => [.. text.Split(' ').Distinct()];
        }
    }
}
