using SelfImprove.Evaluation.Comparing;
using SelfImprove.Evaluation.Scoring;

namespace SelfImprove.Tests.Evaluation.Comparing;

public class LabelChoiceTests
{
    // Every third item is answered differently.
    private static readonly bool[] Differs = [.. Enumerable.Range(0, 300).Select(i => i % 3 == 0)];

    [Fact]
    public void Choose_AllDifferingAndTheShareOfTheOthersThatComesFirst()
    {
        var choice = LabelChoice.Choose(Differs, 0.25);

        choice.Where((_, i) => Differs[i]).ShouldAllBe(c => c.Chosen && c.Stratum == ItemStratum.Differs);
        choice.Count(c => c is { Stratum: ItemStratum.Agrees, Chosen: true }).ShouldBe(50);
        choice.Where(c => c.Stratum == ItemStratum.Agrees).Take(50).ShouldAllBe(c => c.Chosen);
    }

    [Fact]
    public void Choose_LargerSample_AsksForTheFormerItemsAgain()
    {
        var small = LabelChoice.Choose(Differs[..120], 0.25);
        var large = LabelChoice.Choose(Differs, 0.25);
        small.Index().Where(c => c.Item.Chosen).ShouldAllBe(c => large[c.Index].Chosen);
    }

    [Theory]
    [InlineData(0.0, 30)]
    [InlineData(0.1, 30)]
    [InlineData(0.5, 100)]
    [InlineData(1.0, 200)]
    public void Choose_FewAgreeing_TakesEnoughToTellHowGoodBothAre(double share, int expected) =>
        LabelChoice.Choose(Differs, share).Count(c => c is { Stratum: ItemStratum.Agrees, Chosen: true }).ShouldBe(expected);

    [Fact]
    public void Choose_BoundOnLabels_CutsTheSampleRatherThanAPartOfIt()
    {
        var choice = LabelChoice.Choose(Differs, 0.25, fewestAgreeing: 0, mostLabels: 40);

        choice.Count(c => c.Chosen).ShouldBeInRange(39, 40);
        var sampled = choice.TakeWhile(c => c.Stratum != ItemStratum.Unsampled).Count();
        choice.Skip(sampled).ShouldAllBe(c => c.Stratum == ItemStratum.Unsampled && !c.Chosen);
        choice.Take(sampled).Where(c => c.Stratum == ItemStratum.Differs).ShouldAllBe(c => c.Chosen);
    }
}
