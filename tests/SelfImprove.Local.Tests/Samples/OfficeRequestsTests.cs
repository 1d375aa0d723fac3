using System.Text.RegularExpressions;
using SelfImprove.Local.Samples;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Local.Tests.Samples;

public sealed partial class OfficeRequestsTests
{
    private static readonly IReadOnlyList<OfficeRequest> s_train = OfficeRequests.Train(1);
    private static readonly IReadOnlyList<OfficeRequest> s_test = OfficeRequests.Test(1);

    [Fact]
    public void Train_AndTest_HoldTheStatedNumberForEachTool()
    {
        OfficeRequests.Tools.Count.ShouldBe(30);
        s_train.GroupBy(request => request.Label).ShouldAllBe(group => group.Count() == OfficeRequests.TrainPerTool);
        s_test.GroupBy(request => request.Label).ShouldAllBe(group => group.Count() == OfficeRequests.TestPerTool);
        s_train.Select(request => request.Label).Distinct().Order().ShouldBe(OfficeRequests.Tools.Select(tool => tool.Name).Order());
        s_test.Select(request => request.Label).Distinct().Count().ShouldBe(30);
    }

    [Fact]
    public void Train_AndTest_HoldNoTextTwice() => s_train.Concat(s_test).Select(request => Letters(request.Text)).ShouldBeUnique();

    [Fact]
    public void Grammar_TestTemplates_DoNotOccurInTraining() =>
        OfficeRequests.Grammar.Templates.Where(template => template.ForTest).Select(template => Letters(template.Text))
            .Intersect(OfficeRequests.Grammar.Templates.Where(template => !template.ForTest).Select(template => Letters(template.Text))).ShouldBeEmpty();

    [Fact]
    public void Grammar_TestSynonyms_OccurInNoTrainingText()
    {
        var train = string.Join('\n', s_train.Select(request => Words(request.Text)));
        var synonyms = OfficeRequests.Grammar.Slots.Values.SelectMany(slot => slot.Test.Select(word => (slot.Name, Word: Words(word))));

        synonyms.Where(synonym => train.Contains(synonym.Word, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Grammar_EverySlot_HasWordsInBothHalvesAndSharesNone()
    {
        var slots = OfficeRequests.Grammar.Slots.Values;

        slots.ShouldAllBe(slot => slot.Train.Count >= 5 && slot.Test.Count >= 4);
        slots.SelectMany(slot => slot.Train).Intersect(slots.SelectMany(slot => slot.Test), StringComparer.OrdinalIgnoreCase).ShouldBeEmpty();
    }

    [Fact]
    public void Texts_AreFilledAndTagged()
    {
        foreach (var request in s_train.Concat(s_test))
        {
            request.Text.ShouldNotContain("{");
            request.Text.ShouldNotContain("(");
            request.Text.ShouldNotContain("  ");
            request.Text.Length.ShouldBeInRange(6, 200);
            request.Style.ShouldBeOneOf("order", "question", "situation", "note");
            request.Template.ShouldStartWith(request.Label + "/");
        }
    }

    [Fact]
    public void Train_WithTheSameSeed_RepeatsItself_AndWithAnotherDoesNot()
    {
        OfficeRequests.Train(1).ShouldBe(s_train);
        OfficeRequests.Train(2).Select(request => request.Text).ShouldNotBe(s_train.Select(request => request.Text));
    }

    [Fact]
    public void Tools_DescribeThemselvesWithASchema()
    {
        foreach (var tool in OfficeRequests.Tools)
        {
            tool.Name.ShouldMatch("^[a-z]+(_[a-z]+)+$");
            tool.Description.ShouldEndWith(".");
            tool.Parameters.GetProperty("type").GetString().ShouldBe("object");
            var properties = tool.Parameters.GetProperty("properties");
            foreach (var required in tool.Parameters.GetProperty("required").EnumerateArray())
                properties.TryGetProperty(required.GetString()!, out _).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Student_OnFiveExamplesATool_IsUnder75Percent_AndOnAllBetween90And97(int seed)
    {
        var train = OfficeRequests.Train(seed);
        var test = OfficeRequests.Test(seed);
        var few = Enumerable.Range(0, 5).Select(draw => Accuracy(
            [.. Shuffled(train, draw).GroupBy(request => request.Label).SelectMany(group => group.Take(5))], test)).ToArray();

        few.Max().ShouldBeLessThan(0.75);
        Accuracy(train, test).ShouldBeInRange(0.90, 0.97);
    }

    private static double Accuracy(IReadOnlyList<OfficeRequest> train, IReadOnlyList<OfficeRequest> test)
    {
        var model = StudentTrainer.Train([.. train.Select(request => new TextExample(request.Text, request.Label))], StudentSettings.Default with { Calibrate = false }, 1);
        return test.Count(request => model.Predict(request.Text).Label == request.Label) / (double)test.Count;
    }

    private static OfficeRequest[] Shuffled(IReadOnlyList<OfficeRequest> requests, int seed)
    {
        var copy = requests.ToArray();
        new Random(seed).Shuffle(copy);
        return copy;
    }

    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private static string Words(string text) => " " + NoWord().Replace(text.ToLowerInvariant(), " ").Trim() + " ";

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NoWord();
}
