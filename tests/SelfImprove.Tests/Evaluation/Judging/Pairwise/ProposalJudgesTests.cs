using System.Text.Json;
using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.SelfPlay;
using SelfImprove.Evaluation.Judging.Pairwise;
using SelfImprove.Models;
using SelfImprove.Tests.Agents;

namespace SelfImprove.Tests.Evaluation.Judging.Pairwise;

public sealed class ProposalJudgesTests
{
    private static readonly Proposal[] Three = [new(new AgentOutput("billing"), 2), new(new AgentOutput("travel"), 1), new(new AgentOutput("access"), 1)];

    [Fact]
    public async Task Pick_JudgeThatPrefersOne_VouchesForItAndTellsItsCost()
    {
        var judges = await OpenAsync(Prefers("travel"));
        judges.PriceUsd.ShouldBe(0.01m * 2 * 3, "three comparisons of at most four proposals, in both orders");
        var pick = await judges.PickAsync("s", [ChatMessage.User("to Rome")], Three, default);
        (pick.Output!.Text, pick.CostUsd).ShouldBe(("travel", 0.04m));
    }

    [Fact]
    public async Task Pick_JudgeThatLooksAtTheOrder_VouchesForNone() =>
        (await (await OpenAsync((_, _) => "A")).PickAsync("s", [ChatMessage.User("to Rome")], Three, default)).Output.ShouldBeNull();

    [Fact]
    public async Task Pick_PanelDisagrees_VouchesForNone()
    {
        (await (await OpenAsync(Prefers("travel"), Prefers("billing"))).PickAsync("s", [ChatMessage.User("to Rome")], Three[..2], default)).Output.ShouldBeNull();
        (await (await OpenAsync(Prefers("travel"), Prefers("billing"), Prefers("travel"))).PickAsync("s", [ChatMessage.User("to Rome")], Three[..2], default)).Output!.Text.ShouldBe("travel");
    }

    [Fact]
    public async Task Pick_OneProposalOrUnknownOnes_AsksNobody()
    {
        var judges = await OpenAsync((_, _) => throw new InvalidOperationException("Nobody is to be asked."));
        var pick = await judges.PickAsync("s", [ChatMessage.User("to Rome")], [Three[0], new(new AgentOutput("nonsense"), 2)], default);
        (pick.Output, pick.CostUsd).ShouldBe((null, 0m));
    }

    private static Func<string, string, string> Prefers(string label) => (a, b) => a == label ? "A" : b == label ? "B" : "tie";

    private static Task<IProposalVerifier> OpenAsync(params Func<string, string, string>[] judges)
    {
        var models = new ModelCatalog([new Judges(judges)]);
        var settings = new JudgeSettings { Models = [.. judges.Select((_, i) => $"judge:{i}")], Price = 0.01m };
        return ProposalJudges.OpenAsync(models, Some.Manifest(), settings, SelfPlayTable.Tries);
    }

    private sealed class Judges(Func<string, string, string>[] judges) : IModelSource
    {
        public string Scheme => "judge";

        public ModelIdentity Identify(string reference) => new("test", reference);

        public Task<IChatModel> OpenAsync(string reference, TaskSettings task, CancellationToken cancellationToken = default) =>
            Task.FromResult<IChatModel>(new Judge(judges[int.Parse(reference, System.Globalization.CultureInfo.InvariantCulture)]));
    }

    private sealed class Judge(Func<string, string, string> verdict) : IChatModel
    {
        public Task<ModelAnswer> AnswerAsync(ModelRequest request, CancellationToken cancellationToken = default)
        {
            var question = request.LastUserText;
            using var data = JsonDocument.Parse(question[(question.IndexOf('>') + 1)..question.LastIndexOf('<')]);
            string Text(string name) => data.RootElement.GetProperty(name).GetProperty("text").GetString()!;
            return Task.FromResult(new ModelAnswer { Output = new AgentOutput(JsonSerializer.Serialize(new { reason = "r", better = verdict(Text("A"), Text("B")) })), CostUsd = 0.01m });
        }
    }
}
