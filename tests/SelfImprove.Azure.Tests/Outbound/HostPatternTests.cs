using SelfImprove.Azure.Outbound;

namespace SelfImprove.Azure.Tests.Outbound;

public sealed class HostPatternTests
{
    [Theory]
    [InlineData("api.example.com", "https://api.example.com/v1/", true)]
    [InlineData("api.example.com", "https://API.EXAMPLE.com./v1/", true)]
    [InlineData("api.example.com", "https://api.example.com:444/", false)]
    [InlineData("api.example.com", "https://api.example.com.evil.net/", false)]
    [InlineData("api.example.com", "https://xapi.example.com/", false)]
    [InlineData("api.example.com:444", "https://api.example.com:444/", true)]
    [InlineData("*.example.com", "https://a.example.com/", true)]
    [InlineData("*.example.com", "https://a.b.example.com/", true)]
    [InlineData("*.example.com", "https://example.com/", false)]
    [InlineData("*.example.com", "https://badexample.com/", false)]
    [InlineData("*.example.com", "https://a.example.com.evil.net/", false)]
    [InlineData("*.example.com", "https://evil.net/a.example.com", false)]
    [InlineData("*.example.com", "https://a.example.com@evil.net/", false)]
    [InlineData("localhost:8000", "http://localhost:8000/v1/", true)]
    [InlineData("[::1]:8000", "http://[::1]:8000/", true)]
    public void Matches_Address_ByWholeLabelsAndPort(string text, string address, bool matches)
    {
        HostPattern.TryParse(text, out var pattern).ShouldBeTrue();
        pattern!.Matches(new Uri(address)).ShouldBe(matches);
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("*.com")]
    [InlineData("*.")]
    [InlineData("a.*.com")]
    [InlineData("x*.example.com")]
    [InlineData("https://example.com")]
    [InlineData("example.com/path")]
    [InlineData("example.com/")]
    [InlineData("user@example.com")]
    [InlineData("example.com:port")]
    [InlineData("*.10.0.0.1")]
    public void TryParse_NoPattern_IsRefused(string text) => HostPattern.TryParse(text, out _).ShouldBeFalse();
}
