using FsCheck;
using FsCheck.Fluent;
using SelfImprove.Planning;
using SelfImprove.Testing;

namespace SelfImprove.Tests.Planning;

public sealed class SliceAllocationTests
{
    private static SliceGround Slice(string name, double share, double error, int items = 40, int rows = 20) => new(name, share, error, items, rows);

    [Fact]
    public void Of_SlicesThatDoNotDiffer_AllocatesNothing()
    {
        SliceAllocation.Of([Slice("a", 0.5, 0.20), Slice("b", 0.3, 0.25), Slice("c", 0.2, 0.18)], 300, 0.1, 0.5).ShouldBeNull();
        SliceAllocation.Of([Slice("a", 0.9, 0.1, items: 4), Slice("b", 0.1, 0.9, items: 4)], 300, 0.1, 0.5).ShouldBeNull("four items say nothing");
        SliceAllocation.Of([Slice("a", 1, 0.5)], 300, 0.1, 0.5).ShouldBeNull();
    }

    [Fact]
    public void Of_OneWeakSlice_GetsMostAndATenthExplores()
    {
        var rows = SliceAllocation.Of([Slice("weak", 0.2, 0.70), Slice("b", 0.4, 0.05), Slice("c", 0.4, 0.05)], 300, 0.1, 0.5)!;
        rows["weak"].ShouldBeGreaterThan(150);
        rows.Values.Sum().ShouldBeInRange(268, 270);
    }

    [Fact]
    public void Of_TwoSlicesAlikeButForVolume_TheLargerGetsMore()
    {
        var rows = SliceAllocation.Of([Slice("small", 0.1, 0.6), Slice("large", 0.3, 0.6), Slice("good", 0.6, 0.02)], 300, 0.1, 0.5)!;
        rows["large"].ShouldBeGreaterThan(rows["small"]);
        rows["small"].ShouldBeGreaterThan(rows.GetValueOrDefault("good"));
    }

    [Fact]
    public void Of_ManyRowsAlready_TheNextRowIsWorthLess()
    {
        var rows = SliceAllocation.Of([Slice("taught", 0.3, 0.6, rows: 400), Slice("new", 0.3, 0.6, rows: 10), Slice("good", 0.4, 0.02)], 40, 0.1, 0.5)!;
        rows["new"].ShouldBeGreaterThan(2 * rows.GetValueOrDefault("taught"));
    }

    [Fact]
    public void Of_AnySlices_NeverMoreThanThereIsToSpread() => Prop.ForAll(
        Arb.From(Gen.Choose(0, 100).ArrayOf(8)),
        values =>
        {
            var slices = Enumerable.Range(0, 4).Select(i => Slice($"s{i}", (values[i] + 1) / 404.0, values[i + 4] / 100.0)).ToList();
            var rows = SliceAllocation.Of(slices, 200, 0.1, 0.5);
            return (rows?.Values.Sum() ?? 0) <= 180 && (rows?.Values.All(r => r > 0) ?? true);
        }).Check(Properties.Checked);
}
