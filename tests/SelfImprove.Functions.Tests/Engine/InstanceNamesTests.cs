using FsCheck;
using FsCheck.Fluent;
using SelfImprove.Functions.Engine;
using SelfImprove.Testing;

namespace SelfImprove.Functions.Tests.Engine;

public sealed class InstanceNamesTests
{
    private static readonly Arbitrary<string> Ids = Gen.Elements("a", "b", "-", ".", "/", "~", "~1", "~h", "#", "?", "\\", "@", "0001").ListOf().Select(string.Concat).Where(s => s.Length is > 0 and < 290).ToArbitrary();

    [Fact]
    public void Encode_AnyId_IsAllowedAndComesBack() => Prop.ForAll(Ids, id =>
    {
        var name = InstanceNames.Encode(id);
        return name.Length <= InstanceNames.MaxLength && name.IndexOfAny(['/', '\\', '#', '?']) < 0 && name[0] != '@' && (InstanceNames.Decode(name) ?? id) == id;
    }).Check(Properties.Checked);

    [Fact]
    public void Encode_TwoIds_HaveTwoNames() => Prop.ForAll(Ids, Ids, (a, b) => (InstanceNames.Encode(a) == InstanceNames.Encode(b)) == (a == b)).Check(Properties.Checked);

    [Fact]
    public void Prefix_OfAnId_BeginsItsName() => Prop.ForAll(Ids, Ids, (a, b) =>
        a.Length + b.Length > 290 || InstanceNames.Encode(a + b).StartsWith(InstanceNames.Prefix(a), StringComparison.Ordinal)).Check(Properties.Checked);

    [Fact]
    public void Encode_LongIds_DifferInTheirHash()
    {
        var (one, two) = (new string('a', 150) + "1", new string('a', 150) + "2");

        InstanceNames.Encode(one).Length.ShouldBe(100);
        InstanceNames.Encode(one).ShouldNotBe(InstanceNames.Encode(two));
        InstanceNames.Decode(InstanceNames.Encode(one)).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    public void Encode_NoId_IsRefused(string id) => Should.Throw<ArgumentException>(() => InstanceNames.Encode(id));
}
