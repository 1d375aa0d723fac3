using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Azure.Models;
using SelfImprove.Evaluation.Judging.Pairwise;
using SelfImprove.Evaluation.Scoring;
using SelfImprove.Models;
using SelfImprove.Monitoring.Critic;
using SelfImprove.Monitoring.Events;
using SelfImprove.Planning;
using SelfImprove.Planning.Models;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing.Node;

namespace SelfImprove.Azure.Tests.Gateway;

/// <summary>Judge, critic and planning model through the OpenAI SDK and over HTTP, against aimock, a third party's model server.</summary>
public sealed class JudgesOverAimockTests(JudgesOverAimockTests.Server server) : IClassFixture<JudgesOverAimockTests.Server>
{
    private const string Model = "openai:mock/m";
    private static readonly RunRef Run = new("desk", "desk-0001", 1, 1);

    private static readonly AgentManifest Manifest = new()
    {
        Agent = "desk",
        Description = "Answers requests",
        Goal = new GoalSettings { Metric = "helpful", Value = 0.05m },
        Metrics = [new MetricSettings { Name = "helpful" }],
        Task = new TaskSettings { Labels = ["a", "b", "c", "d"] },
        Teachers = [new TeacherSettings { Name = "strong", Model = "openai:mock/t", Price = 0.01m, Accuracy = 0.95 }],
        Evaluation = new EvaluationSettings { Judge = new JudgeSettings { Models = [Model], Price = 0.01m } },
        Critic = new CriticSettings { SampleShare = 1, Metric = "helpful", Judge = new CriticJudgeSettings { Model = Model } },
        Planning = new PlanningSettings { Model = new PlanningModelSettings { Model = Model } },
    };

    [Fact]
    public async Task Judge_ComparesPairsInBothOrders()
    {
        var none = new AnswerScore(0, "", false, null, false, 1, 0);
        AnsweredItem Pair(string id, string champion, string candidate) => new(
            new ItemScore(id, "", ItemScore.Unlabelled, false, false, [], none, none), [ChatMessage.User("what is it?")], new AgentOutput(champion), new AgentOutput(candidate));

        var judged = await server.Get<PairPanel>().JudgeAsync("k", Run, 1, Manifest, [Pair("i1", "wrong", "right"), Pair("i2", "right", "wrong")], CancellationToken.None);

        (judged["i1"].Verdict, judged["i2"].Verdict).ShouldBe((PairVerdict.Candidate, PairVerdict.Champion));
    }

    [Fact]
    public async Task Critic_ScoresWithTheRubric()
    {
        Interaction Asked(string id, string text) => new()
        {
            Id = id, Agent = "desk", Time = DateTimeOffset.UnixEpoch, Input = [ChatMessage.User(text)], Output = new AgentOutput("a"),
        };

        var scores = await server.Get<CriticJudge>().ScoreAsync(
            Manifest, [Asked("i1", "a good request"), Asked("i2", "a bad request"), Asked("i3", "one that nobody foresaw")], TimeProvider.System.GetUtcNow(), CancellationToken.None);

        scores["i1"].ShouldBe(new CriticScore(5, "all is there"));
        scores["i2"].Score.ShouldBe(1);
        scores.Keys.ShouldBe(["i1", "i2"], ignoreOrder: true);
        (await server.Get<SpendBook>().ThisMonthAsync("desk")).ShouldBeGreaterThanOrEqualTo(0.001m, "its tokens, at the endpoint's price");
    }

    [Fact]
    public async Task PlanningModel_PicksACandidate()
    {
        var facts = new PlanningFacts
        {
            Manifest = Manifest,
            Diagnosis = new Diagnosis { Cause = DiagnosisCause.InputShift, Evidence = ["Inputs changed."], ChampionError = 0.4, ChampionErrorSd = 0.02, KnownDecisions = 2, UnseenDecisions = 2, UnseenShare = 0.3, Measured = true },
            Formats = new HashSet<string> { "sft" },
            Pool = 1_000,
            PoolPerHundred = 60,
            ValidationPool = 200,
            ValidationPerHundred = 15,
            Left = 100,
        };
        var before = Planner.Choose(facts);

        var choice = await server.Get<PlanAdvisor>().AdviseAsync("k", Run, facts, before, CancellationToken.None);

        choice.Advice.ShouldNotBeNull().Reason.ShouldBe("fewer rows do", choice.Advice!.Refused);
        choice.Advice.Advised.ShouldBe(before.Candidates[1]);
    }

    /// <summary>aimock with its fixtures, and a host's services over it.</summary>
    public sealed class Server : IAsyncLifetime
    {
        private readonly string _folder = Path.Combine(Path.GetTempPath(), "selfimprove-judges-" + Guid.NewGuid().ToString("n"));
        private NodeProcess _aimock = null!;
        private ServiceProvider _services = null!;

        public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

        public async Task InitializeAsync()
        {
            var port = NodeProcess.FreePort();
            var fixtures = Path.Combine(NodePackages.Root, "tests", "SelfImprove.Azure.Tests", "Gateway", "judges.aimock.json");
            _aimock = NodeProcess.Start(await NodePackages.FileAsync("@copilotkit/aimock/dist/cli.js"), ["--port", $"{port}", "--fixtures", fixtures, "--validate-on-load"]);
            await _aimock.ListensAsync(port);
            var settings = new Dictionary<string, string?>
            {
                ["models:endpoints:mock:url"] = $"http://127.0.0.1:{port}/v1/",
                ["models:endpoints:mock:auth"] = "none",
                ["models:endpoints:mock:allowPrivate"] = "true",
                ["models:endpoints:mock:prices:m:input"] = "2",
                ["models:endpoints:mock:prices:m:output"] = "8",
            };
            _services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System)
                .AddLocalFolderStore(_folder, aloneOnStore: true).AddSelfImprove()
                .AddAzureModels(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
                .BuildServiceProvider();
        }

        public async Task DisposeAsync()
        {
            await _services.DisposeAsync();
            await _aimock.DisposeAsync();
            if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
        }
    }
}
