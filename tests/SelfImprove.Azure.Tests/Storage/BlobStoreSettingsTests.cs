using SelfImprove.Azure.Storage;

namespace SelfImprove.Azure.Tests.Storage;

public sealed class BlobStoreSettingsTests
{
    private const string Key = "c2VjcmV0IGtleQ==";

    [Theory]
    [InlineData("azure:UseDevelopmentStorage=true", "http://127.0.0.1:10000/devstoreaccount1/selfimprove", true)]
    [InlineData("azure:UseDevelopmentStorage=true;Container=demo", "http://127.0.0.1:10000/devstoreaccount1/demo", true)]
    [InlineData("azure:UseDevelopmentStorage=true;BlobEndpoint=http://azurite:10000/devstoreaccount1/", "http://azurite:10000/devstoreaccount1/selfimprove", true)]
    [InlineData("azure:https://acct.blob.core.windows.net/agents", "https://acct.blob.core.windows.net/agents", false)]
    [InlineData("azure:https://acct.blob.core.windows.net", "https://acct.blob.core.windows.net/selfimprove", false)]
    [InlineData("azure:https://acct.blob.core.usgovcloudapi.net/agents/", "https://acct.blob.core.usgovcloudapi.net/agents", false)]
    [InlineData("azure:AccountName=acct;Container=agents", "https://acct.blob.core.windows.net/agents", false)]
    [InlineData("azure:env:KEYED", "https://acct.blob.core.windows.net/selfimprove", true)]
    [InlineData("azure:env:URL", "https://acct.blob.core.windows.net/agents", false)]
    public void Parse_EveryForm_IsUnderstood(string setting, string address, bool usesKey)
    {
        var settings = BlobStoreSettings.Parse(setting, Environment);
        settings.ToString().ShouldBe(address);
        settings.UsesKey.ShouldBe(usesKey);
    }

    [Theory]
    [InlineData("azure:", "It is empty.")]
    [InlineData("azure:env:", "needs the name of an environment variable")]
    [InlineData("azure:env:MISSING", "The environment variable MISSING is not set.")]
    [InlineData("azure:http://acct.blob.core.windows.net/agents", "over https only")]
    [InlineData("azure:https://acct.blob.core.windows.net.evil.example/agents", "'acct.blob.core.windows.net.evil.example' is no host of Azure Blob Storage")]
    [InlineData("azure:https://169.254.169.254/agents", "is no host of Azure Blob Storage")]
    [InlineData("azure:BlobEndpoint=https://evil.example;AccountName=acct", "'evil.example' is no host of Azure Blob Storage")]
    [InlineData("azure:https://acct.blob.core.windows.net/agents?sv=2024&sig=abc", "shared access signature")]
    [InlineData("azure:https://acct.blob.core.windows.net/a/b", "expected the container's name alone")]
    [InlineData("azure:https://acct.blob.core.windows.net/Agents", "'Agents' can't be a container's name")]
    [InlineData("azure:UseDevelopmentStorage=true;Container=a--b", "'a--b' can't be a container's name")]
    [InlineData("azure:UseDevelopmentStorage=yes", "can only be 'true'")]
    [InlineData("azure:AccountName=acct;SharedAccessSignature=x", "SharedAccessSignature is not supported")]
    [InlineData("azure:AccountName=acct;Colour=red", "'Colour' is not known")]
    [InlineData("azure:AccountName=acct;AccountName=b", "AccountName is given twice")]
    [InlineData("azure:env:BADKEY", "AccountKey is no base64")]
    public void Parse_Mistake_IsNamed(string setting, string expected) =>
        Should.Throw<BlobStoreSettingsException>(() => BlobStoreSettings.Parse(setting, Environment)).Message.ShouldContain(expected);

    [Fact]
    public void Parse_KeyOnTheCommandLine_IsRefusedAndNotRepeated()
    {
        var wrong = Should.Throw<BlobStoreSettingsException>(() => BlobStoreSettings.Parse($"azure:AccountName=acct;AccountKey={Key}", Environment));
        wrong.Message.ShouldContain("put the connection string into an environment variable and give azure:env:NAME");
        wrong.Message.ShouldNotContain(Key);
        BlobStoreSettings.Parse("azure:env:KEYED", Environment).ToString().ShouldNotContain(Key);
    }

    [Fact]
    public void Parse_SeveralMistakes_AreAllListed() =>
        Should.Throw<BlobStoreSettingsException>(() => BlobStoreSettings.Parse("azure:AccountName=ACCT;Container=x;Colour=red;DefaultEndpointsProtocol=ftp", Environment))
            .Mistakes.Count.ShouldBeGreaterThanOrEqualTo(4);

    private static string? Environment(string name) => name switch
    {
        "KEYED" => $"DefaultEndpointsProtocol=https;AccountName=acct;AccountKey={Key};EndpointSuffix=core.windows.net",
        "BADKEY" => "AccountName=acct;AccountKey=!!!",
        "URL" => "https://acct.blob.core.windows.net/agents",
        _ => null,
    };
}
