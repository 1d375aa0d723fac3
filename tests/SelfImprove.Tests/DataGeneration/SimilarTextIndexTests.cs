using FsCheck;
using FsCheck.Fluent;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Statistics.Similarity;
using SelfImprove.Testing;

namespace SelfImprove.Tests.DataGeneration;

public sealed class SimilarTextIndexTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.75)]
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
    [InlineData(0.6)]
    [InlineData(0.75)]
    [InlineData(0.8)]
    [InlineData(0.9)]
    [InlineData(0.97)]
    public void FindNearest_SentencesAndSlipsOfThem_FindsWhatComparingAllFinds(double threshold)
    {
        // Of 3 to 60 words out of few, so that grams are common; half are an earlier one with some words changed, and lie on both sides of every threshold.
        var random = new SeededRandom(11);
        var words = Enumerable.Range(0, 60).Select(i => $"{"bdfgklmnprst"[i % 12]}{"aeiou"[i / 12]}{"rstln"[i % 5]}{(char)('a' + i % 23)}").ToList();
        var (texts, index, hits) = (new List<string>(), new SimilarTextIndex(threshold), 0);
        for (var i = 0; i < 900; i++)
        {
            var said = i % 2 == 1 ? texts[random.Next(texts.Count)].Split(' ') : [.. Enumerable.Range(0, 3 + random.Next(58)).Select(_ => words[random.Next(words.Count)])];
            if (i % 2 == 1)
                for (var slips = random.Next(1 + said.Length / 6); slips >= 0; slips--) said[random.Next(said.Length)] = words[random.Next(words.Count)];
            var text = string.Join(' ', said);
            var best = texts.Select((t, at) => (Similarity: CharacterGrams.Jaccard(t, text), Index: at)).Where(c => c.Similarity >= threshold)
                .OrderByDescending(c => c.Similarity).ThenBy(c => c.Index).Select(c => (SimilarText?)new SimilarText(c.Index, c.Similarity)).FirstOrDefault();
            var found = index.FindNearest(text);
            (found?.Index).ShouldBe(best?.Index, text);
            if (best is { } b) found!.Value.Similarity.ShouldBe(b.Similarity, 1e-12);
            hits += best is null ? 0 : 1;
            texts.Add(text);
            index.Add(text);
        }
        hits.ShouldBeInRange(5, 895, "both answers were asked for");
    }

    [Theory]
    [InlineData("  Hello,   WORLD! ", "hello world")]
    [InlineData("???", "???")]
    [InlineData("", "")]
    [InlineData("Ünïcode-Wörter 12", "ünïcode wörter 12")]
    public void Normalise_Text_KeepsLettersAndDigits(string text, string expected) => NormalisedText.Of(text).ShouldBe(expected);
}
