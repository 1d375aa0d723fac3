using SelfImprove.Storage;

namespace SelfImprove.Tests.Storage;

public sealed class StoragePathTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("ticket-router-2", true)]
    [InlineData("-", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("..", false)]
    [InlineData("../x", false)]
    [InlineData("a.b", false)]
    [InlineData("a_b", false)]
    [InlineData("A", false)]
    [InlineData("nul", false)]
    [InlineData("a/b", false)]
    public void IsName_OnlyPlainOnes(string? value, bool expected)
    {
        StoragePath.IsName(value).ShouldBe(expected);
        if (expected) StoragePath.Name(value, "an agent").ShouldBe(value);
        else Should.Throw<ArgumentException>(() => StoragePath.Name(value, "an agent")).Message.ShouldContain("cannot be the name of an agent");
    }

    [Fact]
    public void IsName_Length_IsBounded()
    {
        StoragePath.IsName(new string('a', 63)).ShouldBeTrue();
        StoragePath.IsName(new string('a', 64)).ShouldBeFalse();
    }

    [Fact]
    public void Segment_MayHaveDotsWithin_AndUnderscores()
    {
        StoragePath.Segment("report-1.v2_x.json", "a report").ShouldBe("report-1.v2_x.json");
        Should.Throw<ArgumentException>(() => StoragePath.Segment("a/b", "a run")).Message.ShouldContain("as a run");
    }
}
