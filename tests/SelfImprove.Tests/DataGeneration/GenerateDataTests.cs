using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.DataGeneration.Splitting;
using SelfImprove.Models;
using SelfImprove.Planning;
using SelfImprove.Storage;
using static SelfImprove.Tests.DataGeneration.DataWorld;

namespace SelfImprove.Tests.DataGeneration;

public sealed class GenerateDataTests
{
    private static readonly string[] Verbs = ["renew", "cancel", "approve", "lend", "repair", "order", "print", "copy", "move", "paint"];
    private static readonly string[] Things = ["badge", "laptop", "invoice", "parking", "desk", "flight", "keycard", "monitor", "hotel", "receipt"];

    private static IEnumerable<string> Questions() => from verb in Verbs from thing in Things select $"{verb} {thing}";

    private static ImprovementPlan Plan(int rows, string? teacher = "strong") =>
        new() { Strategy = teacher is null ? PlanStrategy.Corrections : PlanStrategy.Teacher, Teacher = teacher, Rows = rows };

    private static async Task<GenerateOutput> RunAsync(DataWorld world, ImprovementPlan plan, string? labelled = null)
    {
        var state = await world.StartAndRunAsync(GenerateData.Ref, new GenerateInput(world.Run, plan, world.Champion, labelled is null ? null : [labelled]));
        return state.OutputAs<GenerateOutput>() ?? throw new InvalidOperationException(state.Failure?.Message);
    }

    [Fact]
    public async Task Generate_TeacherAndCorrections_BuildsADatasetOfTheTrainingSideWithCardAndProvenance()
    {
        await using var world = await CreateAsync(WithTeachers(Model("strong")) with { Data = new DataSettings { MaxSourceShare = 1 } });
        world.Models.Answer("strong", "access", 0.9);
        foreach (var text in Questions().Take(60)) world.Serve(text);
        foreach (var text in Questions().Skip(60)) world.Serve(text, correction: new AgentOutput("travel"));

        var output = await RunAsync(world, Plan(30));

        output.Dataset.ShouldBe("runs/helpdesk/helpdesk-0001/dataset-1.jsonl");
        output.CostUsd.ShouldBe(0.30m);
        output.Shortfall.ShouldBeNull();
        var rows = await DatasetReader.ReadExamplesAsync(world.Store, output.Dataset!, world.Manifest.Task).ToListAsync();
        rows.Count(r => r.Decision == "access").ShouldBe(30);
        rows.Count(r => r.Decision == "travel").ShouldBeGreaterThan(15);
        var sides = await world.Split.SidesAsync("helpdesk", rows.ConvertAll(r => r.Text), 0.2);
        sides.ShouldAllBe(s => s == SplitSide.Training);
        var card = (await new JsonDocuments(world.Store).ReadAsync<DatasetCard>(output.Card!))!.Value;
        card.Rows.ShouldBe(rows.Count);
        card.Sources["teacher:strong"].ShouldBe(30);
        card.Sources["feedback:ada"].ShouldBe(rows.Count - 30);
        var provenance = await JsonLines.ReadAsync<RowProvenance>(world.Store, RowProvenance.PathOf(output.Dataset!)).ToListAsync();
        provenance.Count.ShouldBe(rows.Count);
        provenance.ShouldAllBe(p => p.Run == "helpdesk-0001" && p.Round == 1 && p.Id != null);
        var bytes = (await world.Store.ReadAsync(output.Dataset!))!.Bytes.ToArray();
        card.ContentHash.ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));
    }

    [Fact]
    public async Task Generate_UncertainAndUntrained_ComeFirst()
    {
        await using var world = await CreateAsync(WithTeachers(Model("strong")) with { Planning = new PlanningSettings { Exploration = 0 } });
        world.Models.Answer("champion", r => new ModelAnswer { Output = new AgentOutput("billing"), Margin = r.LastUserText.Contains("badge") || r.LastUserText.Contains("desk") ? 0.01 : 0.9 });
        foreach (var text in Questions()) world.Serve(text, trainable: text.StartsWith("renew", StringComparison.Ordinal) ? false : null);

        var output = await RunAsync(world, Plan(10));

        var texts = (await DatasetReader.ReadExamplesAsync(world.Store, output.Dataset!, world.Manifest.Task).ToListAsync()).ConvertAll(r => r.Text);
        texts.ShouldAllBe(t => t.Contains("badge") || t.Contains("desk"));
        texts.ShouldAllBe(t => !t.StartsWith("renew"));
    }

    [Fact]
    public async Task Generate_SecondRound_BuildsOnTheChampionsRowsAndAsksNothingTwice()
    {
        await using var world = await CreateAsync(WithTeachers(Model("strong")), "seed.jsonl");
        var seed = Questions().Take(40).Select(t => SftFormat.Write(new DatasetRow([ChatMessage.User(t)], new AgentOutput("travel"), [])));
        await world.Store.WriteAsync("seed.jsonl", System.Text.Encoding.UTF8.GetBytes(string.Join('\n', seed)));
        foreach (var text in Questions()) world.Serve(text);

        var output = await RunAsync(world, Plan(20));

        output.NewRows.ShouldBe(20);
        var rows = await DatasetReader.ReadExamplesAsync(world.Store, output.Dataset!, world.Manifest.Task).ToListAsync();
        rows.Count.ShouldBe(60);
        rows.DistinctBy(r => r.Text).Count().ShouldBe(60);
        (await JsonLines.ReadAsync<RowProvenance>(world.Store, RowProvenance.PathOf(output.Dataset!)).FirstAsync()).Source.ShouldBe(RowProvenance.Parent);
    }

    [Fact]
    public async Task Generate_TooLittle_GivesNoDatasetAndSaysWhy()
    {
        await using var world = await CreateAsync(WithTeachers(Model("strong")));
        world.Models.Answer("strong", _ => new ModelAnswer { Output = new AgentOutput("nonsense") });
        foreach (var text in Questions().Take(30)) world.Serve(text);

        var output = await RunAsync(world, Plan(10));

        output.Dataset.ShouldBeNull();
        output.Card.ShouldBeNull();
        output.CostUsd.ShouldBe(0.10m);
        output.Shortfall.ShouldNotBeNull().ShouldContain("10 schema");
    }

    [Fact]
    public async Task Generate_LessTrafficThanPlanned_SaysSo()
    {
        await using var world = await CreateAsync(WithTeachers(Model("strong")));
        foreach (var text in Questions().Take(30)) world.Serve(text);

        (await RunAsync(world, Plan(500))).Shortfall.ShouldNotBeNull().ShouldContain("500 were planned");
    }

    [Fact]
    public async Task Generate_PilotLabels_AreTrainedOnAndNotAskedAgain()
    {
        await using var world = await CreateAsync(WithTeachers(Model("strong")));
        foreach (var text in Questions().Take(30)) world.Serve(text);
        await JsonLines.WriteOnceAsync(world.Store, "pilot.jsonl", Questions().Take(10).Select((t, i) =>
            new SelfImprove.DataGeneration.Labelling.LabelledItem($"p{i}", [ChatMessage.User(t)], "billing", 1, new AgentOutput("travel"), "teacher:strong", null, 0.01m)));

        var output = await RunAsync(world, Plan(100), "pilot.jsonl");

        var rows = await DatasetReader.ReadExamplesAsync(world.Store, output.Dataset!, world.Manifest.Task).ToListAsync();
        rows.Count(r => r.Decision == "travel").ShouldBe(10);
        world.Models.Asked.Where(a => a.Model == "strong").Select(a => a.Request.LastUserText).ShouldAllBe(t => !t.Contains("renew "));
    }
}
