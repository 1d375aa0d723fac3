using System.Text.Json;
using System.Text.RegularExpressions;
using SelfImprove.Statistics.Agreement;

namespace SelfImprove.Statistics.Tests.Agreement;

[Trait("Data", "reference")]
public class AgreementTests
{
    private static readonly JsonElement File = Vectors.Read("agreement.json");

    [Fact]
    public void CohenKappa_ReferenceCases_Agree()
    {
        foreach (var c in File.GetProperty("cohen_kappa").EnumerateArray())
        {
            var (a, b) = (Expand(c.GetProperty("y1").GetString()!), Expand(c.GetProperty("y2").GetString()!));
            (string, KappaWeights)[] forms =
                [("expected_sklearn_1_2_1", KappaWeights.None), ("none", KappaWeights.None), ("linear", KappaWeights.Linear), ("quadratic", KappaWeights.Quadratic)];
            foreach (var (name, weights) in forms)
                if (c.OptionalNumber(name) is { } expected) CohenKappa.Compute(a, b, weights)!.Value.ShouldBe(expected, 1e-12);
        }
    }

    [Fact]
    public void Krippendorff_ReferenceData_Agrees()
    {
        var expected = File.GetProperty("krippendorff");
        var data = expected.GetProperty("data").EnumerateArray()
            .Select(row => (IReadOnlyList<double?>)[.. row.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.Null ? (double?)null : e.GetDouble())]).ToArray();
        KrippendorffAlpha.Compute(data)!.Value.ShouldBe(expected.Number("nominal"), 1e-12);
        KrippendorffAlpha.Compute(data, AlphaMetric.Interval)!.Value.ShouldBe(expected.Number("interval"), 1e-12);
        KrippendorffAlpha.Compute(data, AlphaMetric.Ordinal)!.Value.ShouldBe(expected.Number("ordinal"), 1e-12);
        KrippendorffAlpha.Compute(data, AlphaMetric.Ratio)!.Value.ShouldBeInRange(0.7, 0.9);
    }

    [Fact]
    public void Agreement_NothingToCompare_IsNotComputable()
    {
        CohenKappa.Compute<int>([], []).ShouldBeNull();
        CohenKappa.Compute([1, 1], [1, 1]).ShouldBeNull();
        KrippendorffAlpha.Compute([]).ShouldBeNull();
        KrippendorffAlpha.Compute([[1, null], [null, 2]]).ShouldBeNull();
        KrippendorffAlpha.Compute([[1, 1], [1, 1]]).ShouldBeNull();
        Should.Throw<ArgumentException>(() => CohenKappa.Compute([1], [1, 2]));
    }

    [Fact]
    public void Agreement_KnownExtremes_AreOneAndBelowZero()
    {
        CohenKappa.Compute(["a", "b", "a"], ["a", "b", "a"]).ShouldBe(1);
        CohenKappa.Compute(["a", "b"], ["b", "a"]).ShouldBe(-1);
        KrippendorffAlpha.Compute([[1, 2, 3], [1, 2, 3]]).ShouldBe(1);
        // The order of the categories decides what is near: low-high is farther apart than low-mid.
        string[] order = ["low", "mid", "high"];
        var near = CohenKappa.Compute(["low", "mid", "high", "low"], ["mid", "mid", "high", "low"], KappaWeights.Quadratic, order)!.Value;
        var far = CohenKappa.Compute(["low", "mid", "high", "low"], ["high", "mid", "high", "low"], KappaWeights.Quadratic, order)!.Value;
        near.ShouldBeGreaterThan(far);
        Should.Throw<ArgumentException>(() => CohenKappa.Compute(["low"], ["other"], KappaWeights.Linear, order));
    }

    private static int[] Expand(string text) =>
        [.. Regex.Matches(text, @"\[(\d+)\]\*(\d+)").SelectMany(m => Enumerable.Repeat(int.Parse(m.Groups[1].Value), int.Parse(m.Groups[2].Value)))];
}
