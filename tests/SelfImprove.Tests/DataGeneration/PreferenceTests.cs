using System.Text.Json;
using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.DataGeneration.Splitting;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Planning;
using static SelfImprove.Tests.DataGeneration.DataWorld;

namespace SelfImprove.Tests.DataGeneration;

public sealed class PreferenceTests
{
    private static readonly string[] Verbs = ["renew", "cancel", "approve", "lend", "repair", "order", "print", "copy"];
    private static readonly string[] Things = ["badge", "laptop", "invoice", "parking", "desk", "flight", "keycard", "monitor"];

    private static IEnumerable<string> Questions() => from verb in Verbs from thing in Things select $"{verb} {thing}";

    private static ObservedInteraction Seen(string id, string text, string label, double? reward) => new(
        new Interaction { Id = id, Agent = "helpdesk", Time = DateTimeOffset.UnixEpoch, Input = [ChatMessage.User(text)], Output = new AgentOutput(label) }, [], reward);

    // A preference plan adds pairs to the rows that there are.
    private static async Task<DataWorld> WorldAsync(AgentManifest manifest)
    {
        var world = await CreateAsync(manifest, "agents/helpdesk/datasets/v1.jsonl");
        var rows = new[] { "travel", "billing" }.Select(l => SftFormat.Write(new DatasetRow(SftFormat.Messages(manifest.Task.Instructions, [ChatMessage.User($"about {l}")]), new AgentOutput(l), [])));
        await world.Store.WriteAsync("agents/helpdesk/datasets/v1.jsonl", System.Text.Encoding.UTF8.GetBytes(string.Concat(rows.Select(r => r + "\n"))));
        return world;
    }

    [Fact]
    public void Pairs_NearlyTheSameText_IsOneQuestionAndAnotherWishIsNot()
    {
        const string Text = "please send the signed travel report of the whole second quarter to the accounting office today";
        var pairs = PreferencePairs.Sourced([Seen("1", Text, "travel", 0), Seen("2", Text + "!!", "billing", 1), Seen("3", "activate my card", "access", 1), Seen("4", "deactivate my card", "travel", 0)]).ToList();
        pairs.Select(p => (p.Preferred.Text, p.NonPreferred.Text, p.IsCorrection)).ShouldBe([("billing", "travel", false)]);
        var thanks = Enumerable.Range(0, 3).Select(i => Seen($"t{i}", $"{Text} (case {i})", i == 0 ? "travel" : "billing", i == 0 ? 0 : 1));
        PreferencePairs.Sourced(thanks).Count().ShouldBe(1, "three cases of one question give one pair");
    }

    [Fact]
    public void Dpo_WrittenAndRead_IsTheSamePair()
    {
        using var schema = JsonDocument.Parse("""{"type":"object"}""");
        var pair = new PreferencePair(
            [ChatMessage.System("route"), ChatMessage.User("a \"b\"\nc")], new AgentOutput(ToolCalls: [new ToolCall("open", """{"x":1}""")]), new AgentOutput("no"),
            [new ToolDefinition("open", "opens", schema.RootElement.Clone())]);
        var line = DpoFormat.Write(pair);
        DpoFormat.Write(DpoFormat.Read(line)).ShouldBe(line);
        DpoFormat.Read(line).Preferred.Decision.ShouldBe("open");
        Should.Throw<FormatException>(() => DpoFormat.Read("""{"input":{"messages":[]},"preferred_output":[],"non_preferred_output":[]}""")).Message.ShouldContain("'preferred_output' of a preference pair has no message");
        Should.Throw<FormatException>(() => DpoFormat.Read("{}")).Message.ShouldContain("preferred_output");
    }

    [Fact]
    public async Task Generate_PreferencePlan_WritesPairsOfTheTrainingSideBesideTheDataset()
    {
        await using var world = await WorldAsync(WithTeachers(Model("strong")) with { Data = new DataSettings { MaxSourceShare = 1 } });
        foreach (var text in Questions()) world.Serve(text, correction: new AgentOutput("travel"));

        var state = await world.StartAndRunAsync(GenerateData.Ref, new GenerateInput(world.Run, new ImprovementPlan { Strategy = PlanStrategy.Preference }, world.Champion));
        var output = state.OutputAs<GenerateOutput>() ?? throw new InvalidOperationException(state.Failure?.Message);

        output.Pairs.ShouldBe("runs/helpdesk/helpdesk-0001/pairs-1.jsonl");
        var pairs = await PreferencePairReader.ReadExamplesAsync(world.Store, output.Pairs!, world.Manifest.Task).ToListAsync();
        pairs.Count.ShouldBeInRange(30, 63);
        pairs.ShouldAllBe(p => p.Preferred == "travel" && p.NonPreferred == "billing");
        (await world.Split.SidesAsync("helpdesk", pairs.ConvertAll(p => p.Text), world.Manifest.Evaluation.ValidationShare)).ShouldAllBe(s => s == SplitSide.Training);
        var provenance = await JsonLines.ReadAsync<RowProvenance>(world.Store, RowProvenance.PathOf(output.Pairs!)).ToListAsync();
        provenance.Count.ShouldBe(pairs.Count);
        provenance.ShouldAllBe(p => p.Source == "feedback:ada" && p.Id != null && p.Run == "helpdesk-0001");
        var card = (await new SelfImprove.Storage.JsonDocuments(world.Store).ReadAsync<DatasetCard>(output.Card!))!.Value;
        (card.Rows, card.NewRows, card.Pairs!.Path, card.Pairs.Count, card.Pairs.FromCorrections).ShouldBe((2, 0, output.Pairs, pairs.Count, pairs.Count), "what is a pair is not a row too");
        var hash = System.Security.Cryptography.SHA256.HashData((await world.Store.ReadAsync(output.Pairs!))!.Bytes.Span);
        card.Pairs.ContentHash.ShouldBe(Convert.ToHexStringLower(hash));
    }

    [Fact]
    public async Task Generate_OneSourceAmongMany_GivesNoMoreThanItsShareOfPairs()
    {
        await using var world = await WorldAsync(WithTeachers(Model("strong")) with { Data = new DataSettings { MaxSourceShare = 0.25 } });
        foreach (var (text, i) in Questions().Select((q, i) => (q, i))) world.Serve(text, correction: new AgentOutput("travel"), corrector: i < 40 ? "mallory" : $"user-{i % 6}");
        var state = await world.StartAndRunAsync(GenerateData.Ref, new GenerateInput(world.Run, new ImprovementPlan { Strategy = PlanStrategy.Preference }, world.Champion));
        var pairs = state.OutputAs<GenerateOutput>()!.Pairs!;
        var sources = (await JsonLines.ReadAsync<RowProvenance>(world.Store, RowProvenance.PathOf(pairs)).ToListAsync()).CountBy(p => p.Source).ToDictionary();
        sources["feedback:mallory"].ShouldBeLessThanOrEqualTo((int)Math.Ceiling(0.25 * sources.Values.Sum()));
    }

    [Fact]
    public async Task Generate_OtherPlans_HaveNoPairs()
    {
        await using var world = await WorldAsync(WithTeachers(Model("strong")) with { Data = new DataSettings { MaxSourceShare = 1 } });
        foreach (var text in Questions()) world.Serve(text, correction: new AgentOutput("travel"));
        var state = await world.StartAndRunAsync(GenerateData.Ref, new GenerateInput(world.Run, new ImprovementPlan { Strategy = PlanStrategy.Corrections }, world.Champion));
        state.OutputAs<GenerateOutput>()!.Pairs.ShouldBeNull();
        state.Output!.ShouldNotContain("pairs");
    }
}
