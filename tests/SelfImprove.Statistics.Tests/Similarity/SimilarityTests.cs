using SelfImprove.Statistics.Randomness;
using SelfImprove.Statistics.Similarity;

namespace SelfImprove.Statistics.Tests.Similarity;

[Trait("Data", "reference")]
public class SimilarityTests
{
    [Fact]
    public void LshBands_ReferenceCases_Agree()
    {
        foreach (var c in Vectors.Read("dedup.json").GetProperty("lsh_optimal_params").GetProperty("cases").EnumerateArray())
        {
            var bands = LshBands.Optimal(c.Number("threshold"), (int)c.Number("num_perm"));
            bands.ShouldBe(new LshBands((int)c.Number("b"), (int)c.Number("r")));
        }
    }

    [Fact]
    public void Jaccard_ReferenceCases_Agree()
    {
        foreach (var c in Vectors.Read("dedup.json").GetProperty("jaccard_char3").EnumerateArray())
            CharacterGrams.Jaccard(c.GetProperty("a").GetString()!, c.GetProperty("b").GetString()!).ShouldBe(c.Number("jaccard"), 1e-12);
        CharacterGrams.Jaccard("", "").ShouldBe(1);
        CharacterGrams.Jaccard("ab", "AB").ShouldBe(1);
        CharacterGrams.Jaccard("ab", "").ShouldBe(0);
    }

    [Theory]
    [InlineData(0u, 1ul, 5ul, 5u)]
    [InlineData(3u, 7ul, 11ul, 32u)]
    [InlineData(uint.MaxValue, (1ul << 61) - 2, 0ul, 0u)]
    public void Permute_SmallAndLargeFactors_FollowsTheDefinition(uint x, ulong a, ulong b, uint expected)
    {
        var defined = (uint)(ulong)(((System.Numerics.BigInteger)a * x + b) % ((System.Numerics.BigInteger.One << 61) - 1) & uint.MaxValue);
        MinHash.Permute(x, a, b).ShouldBe(defined);
        if (expected != 0) defined.ShouldBe(expected);
    }

    [Fact]
    public void MinHash_ManyPairs_EstimatesJaccardWithinItsStandardError()
    {
        var random = new SeededRandom(31);
        var minHash = new MinHash();
        double squares = 0;
        const int pairs = 200;
        for (var pair = 0; pair < pairs; pair++)
        {
            var shared = Enumerable.Range(0, 30 + random.Next(60)).Select(_ => random.NextUInt64().ToString()).ToList();
            var a = shared.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => random.NextUInt64().ToString())).ToHashSet();
            var b = shared.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => random.NextUInt64().ToString())).ToHashSet();
            var error = MinHash.Similarity(minHash.Signature(a), minHash.Signature(b)) - CharacterGrams.Jaccard(a, b);
            squares += error * error;
        }
        Math.Sqrt(squares / pairs).ShouldBeLessThan(0.05);
        minHash.Signature([]).ShouldAllBe(h => h == uint.MaxValue);
        new MinHash().Signature(["abc"]).ShouldBe(minHash.Signature(["abc"]));
    }

    [Fact]
    public void MinHashIndex_NearAndFarTexts_FindsTheNear()
    {
        var random = new SeededRandom(32);
        var words = Enumerable.Range(0, 400).Select(_ => string.Concat(Enumerable.Range(0, 6).Select(_ => (char)('a' + random.Next(26))))).ToArray();
        var texts = Enumerable.Range(0, 500).Select(_ => string.Join(' ', random.Sample(words, 10))).ToArray();
        var index = new MinHashIndex(0.8);
        for (var i = 0; i < texts.Length; i++) index.Add($"t{i}", texts[i]);
        var missed = 0;
        for (var i = 0; i < texts.Length; i++)
        {
            index.Find(texts[i])[0].ShouldBe(new NearDuplicate($"t{i}", 1));
            if (!index.Find(texts[i] + "!!").Any(d => d.Key == $"t{i}")) missed++;
            index.Find(texts[i]).Count.ShouldBe(1);
        }
        missed.ShouldBeLessThan(5);
        index.Find("something else entirely").ShouldBeEmpty();
        index.Count.ShouldBe(500);
    }

    [Fact]
    public void Contamination_LongAndShortTexts_AreFoundEachInTheirWay()
    {
        const string passage = "The quick brown fox jumps over the lazy dog while the small cat watches from a wall nearby";
        var index = new ContaminationIndex([passage, "How do I locate my new card?"]);
        index.IsContaminated("Yesterday the QUICK, brown fox jumps over the lazy dog; while the small cat slept").ShouldBeTrue();
        index.IsContaminated("The quick brown fox jumps over a lazy dog and the small cat watches from a wall today").ShouldBeFalse();
        index.IsContaminated("how do i locate my new card").ShouldBeTrue();
        index.IsContaminated("How do I locate my new cards?").ShouldBeTrue();
        index.IsContaminated("How do I activate my card?").ShouldBeFalse();
        index.IsContaminated("?!").ShouldBeFalse();
        new ContaminationIndex(["a b c d"], n: 3).IsContaminated("x b c d y").ShouldBeTrue();
        new ContaminationIndex([]).IsContaminated("anything at all").ShouldBeFalse();
    }
}
