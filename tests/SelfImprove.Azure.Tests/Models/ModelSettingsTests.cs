using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Azure.Models;
using SelfImprove.Azure.Settings;

namespace SelfImprove.Azure.Tests.Models;

public sealed class ModelSettingsTests
{
    private static IConfiguration Json(string json)
    {
        var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json));
        return new ConfigurationBuilder().AddJsonStream(stream).Build();
    }

    private static ModelSettings Read(string json)
    {
        using var services = new ServiceCollection().AddAzureModels(Json(json)).AddLogging().BuildServiceProvider();
        return services.GetRequiredService<ModelSettings>();
    }

    private static IReadOnlyList<string> Mistakes(string json) => Should.Throw<InvalidSettingsException>(() => Read(json)).Mistakes;

    [Fact]
    public void Read_Nothing_HasNoEndpoints() => Read("{}").Endpoints.ShouldBeEmpty();

    [Fact]
    public void Read_AzureEndpoint_TakesDefaults()
    {
        var main = Read("""{"models":{"endpoints":{"main":{"url":"https://x.openai.azure.com/openai/v1","auth":"entra","prices":{"*":{"input":1,"output":"2.5"}},"limits":{"attempts":3}}}}}""")
            .Endpoints["main"];

        main.Url.ShouldBe(new Uri("https://x.openai.azure.com/openai/v1/"));
        main.Auth.ShouldBe(EndpointAuth.Entra);
        main.PriceOf("anything").ShouldBe(new ModelPrice(1, 2.5m));
        main.Limits.ShouldBe(new EndpointLimits { Attempts = 3 });
        main.AllowPrivate.ShouldBeFalse();
    }

    [Fact]
    public void Read_OnlineEndpoint_TakesItsScopeAndHeader()
    {
        var online = Read("""
            {"models":{"endpoints":{"ml-desk":{"url":"https://si-desk.eastus2.inference.ml.azure.com/v1/","auth":"entra","scope":"https://ml.azure.com/.default","deploymentHeader":"azureml-model-deployment"},
            "main":{"url":"https://x.openai.azure.com/openai/v1/","auth":"entra"}}}}
            """).Endpoints;

        (online["ml-desk"].Scope, online["ml-desk"].DeploymentHeader).ShouldBe(("https://ml.azure.com/.default", "azureml-model-deployment"));
        (online["main"].Scope, online["main"].DeploymentHeader).ShouldBe(("https://ai.azure.com/.default", null));
    }

    [Theory]
    [InlineData("scope", "https://management.azure.com/.default", "none of the scopes")]
    [InlineData("scope", "https://ai.azure.com.evil.example/.default", "none of the scopes")]
    [InlineData("deploymentHeader", "Authorization", "no header that may be set")]
    [InlineData("deploymentHeader", "api-key", "no header that may be set")]
    [InlineData("deploymentHeader", "content-length", "no header that may be set")]
    [InlineData("deploymentHeader", "x\\ny: z", "no header that may be set")]
    public void Read_ScopeOrHeaderThatMayNotBe_FailsAtStart(string setting, string value, string what) =>
        Mistakes("""{"models":{"endpoints":{"a":{"url":"https://x.openai.azure.com/openai/v1/","auth":"entra","SETTING":"VALUE"}}}}""".Replace("SETTING", setting).Replace("VALUE", value))
            .ShouldHaveSingleItem().ShouldSatisfyAllConditions(m => m.ShouldStartWith($"models:endpoints:a:{setting}:"), m => m.ShouldContain(what));

    [Fact]
    public void Read_ScopeWithoutEntra_FailsAtStart() =>
        Mistakes("""{"models":{"endpoints":{"a":{"url":"https://x.example/v1/","auth":"none","scope":"https://ml.azure.com/.default"}}}}""")
            .ShouldHaveSingleItem().ShouldContain("not used with this 'auth'");

    [Fact]
    public void Read_EverythingWrong_ListsEveryMistake()
    {
        var mistakes = Mistakes("""
            {
              "outbound": { "connectTimeout": "soon", "allowPrivate": ["https://x"], "proxy": "http://x" },
              "secrets": {
                "both": { "variable": "A", "setting": "b", "hosts": ["x.example"] },
                "loose": { "variable": "A" },
                "wild": { "variable": "A", "hosts": ["*"] }
              },
              "models": {
                "entra": { "hosts": ["https://*"] },
                "endpoints": {
                  "Main": { "url": "https://x.openai.azure.com/", "auth": "entra" },
                  "a": { "auth": "none" },
                  "b": { "url": "ftp://x/", "auth": "magic" },
                  "c": { "url": "https://user:word@x.example/", "auth": "none" },
                  "d": { "url": "http://x.example/v1/", "auth": "none" },
                  "e": { "url": "https://x.example/v1/", "auth": "bearer" },
                  "f": { "url": "https://x.example/v1/", "auth": "bearer", "secret": "nobody" },
                  "g": { "url": "https://x.example/v1/", "auth": "none", "secret": "loose" },
                  "h": { "url": "https://x.example/v1/", "auth": "none", "limits": { "attempts": 0, "timeout": "-1", "concurrency": 100, "maxConcurrency": 10, "burst": 3 } },
                  "i": { "url": "https://x.example/v1/", "auth": "none", "prices": { "m": { "input": -1 } }, "modles": ["m"] }
                }
              }
            }
            """);

        (string Where, string What)[] expected =
        [
            ("outbound:connectTimeout", "'soon'"), ("outbound:allowPrivate", "https://x"), ("outbound:proxy", "no such setting"), ("secrets:both", "either"),
            ("secrets:loose:hosts", "no host"), ("secrets:wild:hosts", "'*'"), ("models:entra:hosts", "https://*"), ("models:endpoints:Main", "no name"),
            ("models:endpoints:a:url", "missing"), ("models:endpoints:b:url", "http"), ("models:endpoints:b:auth", "entra, api-key, bearer, none"),
            ("models:endpoints:c:url", "absolute"), ("models:endpoints:d:url", "https"), ("models:endpoints:e:secret", "missing"), ("models:endpoints:f:secret", "no secret 'nobody'"),
            ("models:endpoints:g:secret", "not used"), ("models:endpoints:h:limits:attempts", "1 to 20"), ("models:endpoints:h:limits:timeout", "span"),
            ("models:endpoints:h:limits:concurrency", "more than"), ("models:endpoints:h:limits:burst", "no such setting"), ("models:endpoints:i:prices:m:input", "from 0 to"),
            ("models:endpoints:i:prices:m:output", "missing"), ("models:endpoints:i:modles", "(did you mean models?). Expected: allowPrivate"),
        ];
        foreach (var (where, what) in expected) mistakes.ShouldContain(m => m.StartsWith(where + ":", StringComparison.Ordinal) && m.Contains(what), $"{where}: {what}\n{string.Join('\n', mistakes)}");
        string.Join('\n', mistakes).ShouldNotContain("word", Case.Sensitive);
    }

    [Fact]
    public void Read_SecretOfAnotherHost_FailsAtStart() =>
        Mistakes("""{"k":"v-alue","secrets":{"k":{"setting":"k","hosts":["api.openai.com"]}},"models":{"endpoints":{"a":{"url":"https://evil.example/v1/","auth":"bearer","secret":"k"}}}}""")
            .ShouldHaveSingleItem().ShouldContain("not bound to evil.example, but to api.openai.com");

    [Fact]
    public void Read_SecretWithoutValue_NamesThePlace() =>
        Mistakes("""{"secrets":{"k":{"setting":"the:key","hosts":["x.example"]}},"models":{"endpoints":{"a":{"url":"https://x.example/v1/","auth":"bearer","secret":"k"}}}}""")
            .ShouldHaveSingleItem().ShouldContain("set the setting the:key");

    [Fact]
    public void Read_SecretWithALineBreak_IsReportedWithoutItsValue()
    {
        var mistake = Mistakes("""{"k":"sesame-open\n","secrets":{"k":{"setting":"k","hosts":["x.example"]}},"models":{"endpoints":{"a":{"url":"https://x.example/v1/","auth":"bearer","secret":"k"}}}}""")
            .ShouldHaveSingleItem();

        mistake.ShouldContain("line breaks");
        mistake.ShouldNotContain("sesame");
    }

    [Theory]
    [InlineData("https://x.openai.azure.com.evil.example/openai/v1/")]
    [InlineData("https://openai.azure.com/openai/v1/")]
    [InlineData("https://x.openai.azure.com:8443/openai/v1/")]
    public void Read_EntraForAForeignHost_FailsAtStart(string url) =>
        Mistakes("""{"models":{"endpoints":{"a":{"url":"URL","auth":"entra"}}}}""".Replace("URL", url, StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldContain("Entra ID tokens are not sent to");
}
