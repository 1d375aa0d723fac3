using System.Text.Json;
using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.SelfPlay;
using SelfImprove.Models;
using SelfImprove.Planning;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Testing.Loop;
using SelfImprove.Training.Builtin;
using static SelfImprove.Tests.DataGeneration.DataWorld;

namespace SelfImprove.Tests.DataGeneration.SelfPlay;

public sealed class SelfPlayTableTests
{
    private static AgentOutput Call(string name, string arguments) => new(ToolCalls: [new ToolCall(name, arguments)]);

    [Fact]
    public async Task Sample_BuiltinStudent_LeadsWithWhatItServesAndFollowsItsProbabilities()
    {
        var task = new SmallTask(10, 11);
        var student = new BuiltinModel(StudentTrainer.Train(task.Examples(task.Classes, 3), Training.Builtin.Sample.Settings, 1), TaskOutput.Label);
        var request = new ModelRequest([ChatMessage.User("please help me soon")]);
        Task<IReadOnlyList<ModelAnswer>> Sample(int seed) => student.SampleAsync(request, 4, new SeededRandom((ulong)seed));
        var served = (await student.AnswerAsync(request)).Output.Decision;
        var seen = new HashSet<string>();
        for (var seed = 0; seed < 20; seed++)
        {
            var answers = await Sample(seed);
            (answers.Count, answers[0].Output.Decision).ShouldBe((4, served));
            seen.UnionWith(answers.Select(a => a.Output.Decision));
        }
        seen.Count.ShouldBeGreaterThan(2, "it proposes by its probabilities, not its favourite alone");
        (await Sample(1)).Select(a => a.Output.Decision).ShouldBe((await Sample(1)).Select(a => a.Output.Decision));
    }

    [Fact]
    public async Task Sample_AnotherModel_IsAskedAgainAndItsRefusalsAreLeftOutButPaidFor()
    {
        var asked = 0;
        IChatModel model = new Lambda(_ => new ModelAnswer { Output = new AgentOutput($"a{++asked}"), CostUsd = 0.01m, Refusal = asked == 2 ? "no" : null });
        var answers = await model.SampleAsync(new ModelRequest([ChatMessage.User("x")]), 4, new SeededRandom(1));
        answers.Select(a => a.Output.Text).ShouldBe(["a1", "a3", "a4"]);
        answers.Sum(a => a.CostUsd).ShouldBe(0.04m);
    }

    [Fact]
    public async Task Form_ToolThatIsUnknownOrArgumentsThatAreWrong_AreRejected()
    {
        using var schema = JsonDocument.Parse("""{"type":"object","properties":{"id":{"type":"integer"}},"required":["id"]}""");
        var task = new TaskSettings { Output = TaskOutput.Tool, Tools = [new ToolDefinition("refund", "", schema.RootElement.Clone())] };
        Proposal[] proposals = [new(Call("fly", "{}"), 2), new(Call("refund", "{}"), 1), new(Call("refund", """{"id":7}"""), 1)];
        (await new FormVerifier(task, true).PickAsync("s", [], proposals, default)).Output.ShouldBe(proposals[2].Output);
        (await new FormVerifier(task, false).PickAsync("s", [], proposals, default)).Output.ShouldBe(proposals[1].Output);
        (await new FormVerifier(task, true).PickAsync("s", [], proposals[..2], default)).Output.ShouldBeNull();
    }

    [Fact]
    public void Audit_PrecisionThatOnlyItsLuckPutsAboveTheStudent_IsNotBetter()
    {
        new VerifierAudit(60, 40, 30, 4, 2).IsBetterThanStudent.ShouldBeFalse("34 of 40 is 0.85, but at least only 0.74 with confidence");
        new VerifierAudit(600, 400, 300, 40, 10).IsBetterThanStudent.ShouldBeTrue("340 of 400 is at least 0.82, the student's is 0.775");
        new VerifierAudit(600, 400, 250, 105, 75).IsBetterThanStudent.ShouldBeTrue("0.89 against 0.81");
        new VerifierAudit(25, 22, 10, 11, 4).IsBetterThanStudent.ShouldBeFalse("0.95 is at least 0.81, above 0.64; but 11 against 4 may be luck");
        new VerifierAudit(19, 19, 0, 19, 0).IsBetterThanStudent.ShouldBeFalse("too few");
        new VerifierAudit(0, 0, 0, 0, 0).IsBetterThanStudent.ShouldBeFalse();
    }

    [Fact]
    public async Task Generate_SelfPlay_KeepsWhatIsVouchedForAndPaysForTheStudentOnce()
    {
        var manifest = WithTeachers(Model("strong")) with { Student = new SelfImprove.Agents.Manifests.StudentSettings { Trainer = "other" } };
        await using var world = await CreateAsync(manifest);
        // Every other answer is no label of the agent; one question gets nothing else.
        var tries = 0;
        world.Models.Answer("champion", r => new ModelAnswer
        {
            Output = new AgentOutput(r.LastUserText.Contains("lost", StringComparison.Ordinal) || Interlocked.Increment(ref tries) % 2 == 0 ? "nonsense" : "travel"), CostUsd = 0.001m,
        });
        string[] verbs = ["renew", "cancel", "approve", "lend", "repair"], things = ["badge", "laptop", "invoice", "parking", "desk", "flight", "keycard", "lost umbrella"];
        foreach (var text in from verb in verbs from thing in things select $"{verb} {thing}") world.Serve(text);

        var input = new GenerateInput(world.Run, new ImprovementPlan { Strategy = PlanStrategy.SelfPlay, Rows = 20, Sampling = PlanSampling.Stratified }, world.Champion);
        var output = (await world.StartAndRunAsync(GenerateData.Ref, input)).OutputAs<GenerateOutput>()!;
        var asked = world.Models.Asked.Count;
        output.CostUsd.ShouldBe(0.08m, "four tries of twenty inputs");
        var card = (await new SelfImprove.Storage.JsonDocuments(world.Store).ReadAsync<DatasetCard>(output.Card!))!.Value;
        card.Sources.Keys.ShouldBe(["self-play:v1"]);
        card.Slices.Keys.ShouldBe(["travel"]);
        card.NewRows.ShouldBeInRange(10, 20);

        await world.StartAndRunAsync(GenerateData.Ref, input);
        world.Models.Asked.Count.ShouldBe(asked, "a repeated round finds what was played");
        (await world.Spend.OfRunAsync(world.Run)).ShouldBe(0.08m);
    }

    [Fact]
    public async Task Generate_SelfPlayWithoutAnythingToVerifyIt_SaysWhatIsMissing()
    {
        await using var world = await CreateAsync(WithTeachers(Model("strong")));
        foreach (var i in Enumerable.Range(0, 40)) world.Serve($"question number {i} about {(char)('a' + (i % 26))}{i * 37}");
        var input = new GenerateInput(world.Run, new ImprovementPlan { Strategy = PlanStrategy.SelfPlay, Rows = 20, Sampling = PlanSampling.Stratified }, world.Champion);
        var output = (await world.StartAndRunAsync(GenerateData.Ref, input)).OutputAs<GenerateOutput>()!;
        output.Dataset.ShouldBeNull();
        output.Shortfall!.ShouldContain("evaluation.judge");
    }

    private sealed class Lambda(Func<ModelRequest, ModelAnswer> answer) : IChatModel
    {
        public Task<ModelAnswer> AnswerAsync(ModelRequest request, CancellationToken cancellationToken = default) => Task.FromResult(answer(request));
    }
}
