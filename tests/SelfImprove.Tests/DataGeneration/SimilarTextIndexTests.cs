using FsCheck;
using FsCheck.Fluent;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Statistics.Similarity;
using SelfImprove.Testing;

namespace SelfImprove.Tests.DataGeneration;

public sealed class SimilarTextIndexTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.8)]
    [InlineData(0.9)]
    [InlineData(1)]
    public void FindNearest_AnyTexts_FindsWhatComparingAllFinds(double threshold)
    {
        var text = Gen.Elements("a", "b", "ab", " ", "card", "badge", "x").ArrayOf().Select(string.Concat);
        Prop.ForAll(Arb.From(text.ArrayOf()), Arb.From(text), (texts, probe) =>
        {
            var index = new SimilarTextIndex(threshold);
            foreach (var t in texts) index.Add(t);
            var best = texts.Select((t, i) => (Similarity: t.Length == 0 || probe.Length == 0 ? 0 : CharacterGrams.Jaccard(t, probe), Index: i))
                .Where(c => c.Similarity >= threshold).OrderByDescending(c => c.Similarity).ThenBy(c => c.Index).ToList();
            var found = index.FindNearest(probe);
            return best.Count == 0 ? found is null : found is { } f && f.Index == best[0].Index && Math.Abs(f.Similarity - best[0].Similarity) < 1e-12;
        }).Check(Properties.Checked);
    }

    [Fact]
    public void FindNearest_AfterManyTextsReordered_StillFindsEach()
    {
        var index = new SimilarTextIndex(0.8);
        var texts = Enumerable.Range(0, 3_000).Select(i => $"request {i * 7919} about thing {i * 104729 % 9973}").ToList();
        foreach (var text in texts) index.Add(text);

        for (var i = 0; i < texts.Count; i += 97) index.FindNearest(texts[i] + "!").ShouldNotBeNull().Similarity.ShouldBeGreaterThan(0.8);
        index.FindNearest("quite another text").ShouldBeNull();
    }

    [Theory]
    [InlineData("  Hello,   WORLD! ", "hello world")]
    [InlineData("???", "???")]
    [InlineData("", "")]
    [InlineData("Ünïcode-Wörter 12", "ünïcode wörter 12")]
    public void Normalise_Text_KeepsLettersAndDigits(string text, string expected) => NormalisedText.Of(text).ShouldBe(expected);
}
