using SelfImprove.Azure.Outbound;
using SelfImprove.Azure.Secrets;

namespace SelfImprove.Azure.Tests.Secrets;

public sealed class SecretBookTests
{
    private readonly Dictionary<string, string?> _values = new() { ["KEY"] = "abc+/def=" };

    private SecretBook Book()
    {
        HostPattern.TryParse("api.example.com", out var host).ShouldBeTrue();
        return new SecretBook([new SecretBinding("key", [host!], Variable: "KEY")], b => _values.GetValueOrDefault(b.Variable!));
    }

    [Fact]
    public void For_ItsHost_GivesTheValueOfTheMoment()
    {
        var book = Book();
        book.For("key", new Uri("https://api.example.com/v1")).ShouldBe("abc+/def=");
        _values["KEY"] = "rotated";
        book.For("key", new Uri("https://api.example.com/v1")).ShouldBe("rotated");
    }

    [Theory]
    [InlineData("key", "https://evil.example/", "not bound to evil.example")]
    [InlineData("key", "https://api.example.com:8443/", "not bound to api.example.com:8443")]
    [InlineData("PATH", "https://api.example.com/", "no secret 'PATH'")]
    [InlineData("KEY", "https://api.example.com/", "no secret 'KEY'")]
    public void For_OtherHostOrUnlisted_IsRefused(string name, string address, string why)
    {
        var refused = Should.Throw<SecretRefusedException>(() => Book().For(name, new Uri(address)));

        refused.Message.ShouldContain(why);
        refused.Message.ShouldNotContain("abc");
    }

    [Fact]
    public void Redact_ValuePlainEscapedOrTokenLike_IsLeftOut()
    {
        var text = Book().Redact($"a abc+/def= b {Uri.EscapeDataString("abc+/def=")} c Bearer 0123456789 d eyJhbGciOiJI.eyJzdWIi.c2ln e sk-proj-12345 f");

        text.ShouldBe("a [secret] b [secret] c [secret] d [secret] e [secret] f");
    }
}
