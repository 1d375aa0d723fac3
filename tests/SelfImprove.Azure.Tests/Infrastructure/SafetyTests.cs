using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace SelfImprove.Azure.Tests.Infrastructure;

/// <summary>What must never come out of an edit: keys, public data, wide roles, machines that cost while idle.</summary>
public sealed partial class SafetyTests
{
    // Built-in roles of Azure, by their published ids: an id outside this table is a typing error or a role nobody agreed to.
    private static readonly Dictionary<string, string> Roles = new()
    {
        ["storageBlobDataOwner"] = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        ["storageBlobDataContributor"] = "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        ["monitoringMetricsPublisher"] = "3913510d-42f4-4e42-8a64-420c390055eb",
        ["durableTaskDataContributor"] = "0ad04412-c4d5-4796-b79c-f76d14c8d402",
        ["cognitiveServicesOpenAIUser"] = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd",
        ["cognitiveServicesOpenAIContributor"] = "a001fd3d-188f-4b5d-821b-7da978bf7442",
        ["azureMLDataScientist"] = "f6c7c914-8db3-469d-8ca1-694a8f32e121",
    };

    [Fact]
    public async Task Roles_All_AreOfTheTable()
    {
        var rbac = await BicepFile.OfAsync("rbac.bicep");
        rbac.Objects["roles"].ToDictionary(r => r.Key, r => r.Value.Trim('\'')).ShouldBe(Roles, ignoreOrder: true);
        foreach (var file in await BicepFile.AllAsync())
            foreach (Match id in Id().Matches(file.Text)) Roles.Values.ShouldContain(id.Value, file.Name);
    }

    [Fact]
    public async Task Roles_All_AreGivenOnOneResourceAndNotOnTheGroup()
    {
        var rbac = await BicepFile.OfAsync("rbac.bicep");
        var assignments = rbac.Resources.Where(r => r.Type.StartsWith("Microsoft.Authorization/roleAssignments@", StringComparison.Ordinal)).ToList();
        assignments.Count.ShouldBe(13);
        Regex.Count(rbac.Text, @"^  scope: \w+$", RegexOptions.Multiline).ShouldBe(assignments.Count);
        (await BicepFile.AllAsync()).Where(f => f.Name != "rbac.bicep").SelectMany(f => f.Resources).ShouldNotContain(r => r.Type.Contains("roleAssignments"));
    }

    [Fact]
    public async Task Roles_OfTheDeveloper_AreGivenOnlyWhereThereIsOne()
    {
        var rbac = await BicepFile.OfAsync("rbac.bicep");
        rbac.Resources.Where(r => r.Name.StartsWith("developer", StringComparison.Ordinal)).ShouldAllBe(r => r.Conditional);
        rbac.Resources.Where(r => r.Name.StartsWith("developer", StringComparison.Ordinal)).Count().ShouldBe(4);
    }

    [Fact]
    public async Task Roles_OfEachIdentity_AreTheAgreedOnes()
    {
        var rbac = await BicepFile.OfAsync("rbac.bicep");
        string[] Of(string principal) =>
            [.. rbac.Resources.Where(r => r.Properties.GetValueOrDefault("principalId") == principal)
                .Select(r => Role().Match(r.Properties["roleDefinitionId"]).Groups[1].Value).Order()];
        Of("appPrincipalId").ShouldBe(
        [
            "azureMLDataScientist", "cognitiveServicesOpenAIContributor", "durableTaskDataContributor", "monitoringMetricsPublisher",
            "storageBlobDataContributor", "storageBlobDataOwner",
        ]);
        Of("trainingPrincipalId").ShouldBe(["azureMLDataScientist", "storageBlobDataContributor"]);
        Of("workspacePrincipalId").ShouldBe(["storageBlobDataContributor"]);
    }

    [Fact]
    public async Task Storage_Accounts_TakeNoKeysAndShowNothingToThePublic()
    {
        var accounts = (await BicepFile.AllAsync()).SelectMany(f => f.Resources)
            .Where(r => r.Type.StartsWith("Microsoft.Storage/storageAccounts@", StringComparison.Ordinal) && !r.Existing).ToList();
        accounts.ShouldNotBeEmpty();
        foreach (var account in accounts)
        {
            account.Properties["allowSharedKeyAccess"].ShouldBe("false");
            account.Properties["allowBlobPublicAccess"].ShouldBe("false");
            account.Properties["minimumTlsVersion"].ShouldBe("'TLS1_2'");
            account.Properties["supportsHttpsTrafficOnly"].ShouldBe("true");
            account.Properties["publicNetworkAccess"].ShouldBe("publicAccess ? 'Enabled' : 'Disabled'");
        }
        (await BicepFile.OfAsync("main.bicep")).Text.Split("publicAccess: !vnetEnabled").Length
            .ShouldBe(1 + 4, "two storage accounts, models and workspace follow the private network");
    }

    [Fact]
    public async Task Services_WithKeysOfTheirOwn_HaveThemSwitchedOff()
    {
        (await BicepFile.OfAsync("openai.bicep")).Resources.Single(r => r.Name == "account").Properties["disableLocalAuth"].ShouldBe("true");
        (await BicepFile.OfAsync("monitoring.bicep")).Resources.Single(r => r.Name == "insights").Properties["DisableLocalAuth"].ShouldBe("true");
        var ml = await BicepFile.OfAsync("ml.bicep");
        ml.Resources.Single(r => r.Name == "cluster").Properties["disableLocalAuth"].ShouldBe("true");
        ml.Resources.Single(r => r.Name == "workspace").Properties["systemDatastoresAuthMode"].ShouldBe("'identity'");
        (await BicepFile.OfAsync("api.bicep")).Resources.Where(r => r.Name.EndsWith("Credentials", StringComparison.Ordinal))
            .ShouldAllBe(r => r.Properties["allow"] == "false");
    }

    [Fact]
    public async Task Outputs_All_HoldNoSecret()
    {
        foreach (var file in await BicepFile.AllAsync())
        {
            file.Text.ShouldNotMatch(@"\blist(Keys|AccountSas|ServiceSas|Secrets|Credentials)\s*\(", file.Name);
            file.Text.ShouldNotMatch(@"(?i)AccountKey=|SharedAccessSignature|getSecret\(", file.Name);
            foreach (var output in file.Outputs)
                output.Name.ShouldNotMatch("(?i)key|secret|password|token|sas$", $"{file.Name}: output {output.Name}");
        }
        // What leaves the deployment lands in azd's environment file in plain text.
        (await BicepFile.OfAsync("main.bicep")).Outputs.ShouldNotContain(o => o.Value.Contains("connectionString", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Cluster_Idle_HasNoNodes()
    {
        var cluster = (await BicepFile.OfAsync("ml.bicep")).Resources.Single(r => r.Name == "cluster");
        cluster.Conditional.ShouldBeTrue();
        cluster.Properties["properties.scaleSettings.minNodeCount"].ShouldBe("0");
        cluster.Properties["properties.scaleSettings.nodeIdleTimeBeforeScaleDown"].ShouldBe("'PT5M'");
    }

    [Fact]
    public async Task Network_Endpoints_AreMadeOnlyWithIt()
    {
        var main = await BicepFile.OfAsync("main.bicep");
        main.Modules
            .Where(m => m.Path.EndsWith("network.bicep", StringComparison.Ordinal) || m.Path.EndsWith("private-endpoint.bicep", StringComparison.Ordinal))
            .ShouldAllBe(m => m.Conditional);
        main.Params.Single(p => p.Name == "vnetEnabled").Default.ShouldBe("false");
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.IgnoreCase)]
    private static partial Regex Id();

    [GeneratedRegex(@"roles\.(\w+)\)")]
    private static partial Regex Role();
}
