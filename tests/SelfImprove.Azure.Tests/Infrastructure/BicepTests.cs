using Shouldly;
using Xunit;

namespace SelfImprove.Azure.Tests.Infrastructure;

public sealed class BicepTests
{
    [Fact]
    public async Task Files_All_ParseAndDeclareWhatTheyUse()
    {
        var files = await BicepFile.AllAsync();
        files.Count.ShouldBeGreaterThan(8);
        foreach (var file in files)
        {
            file.Errors.ShouldBeEmpty(file.Name);
            file.Unknown.ShouldBeEmpty(file.Name);
            file.Unused.ShouldBeEmpty(file.Name);
        }
    }

    [Theory]
    [InlineData("param location string\nresource x 'A/b@2024-01-01' = {\n  name: 'x'\n  location: location")]
    [InlineData("param = 3\n")]
    [InlineData("module m './a.bicep' {\n  name: 'm'\n}\n")]
    [InlineData("output o string =\n")]
    public async Task Parse_BrokenFile_IsFlagged(string text) => (await BicepFile.ParseAsync(text)).Errors.ShouldNotBeEmpty();

    [Fact]
    public async Task Parse_UndeclaredAndUnusedNames_AreFlagged()
    {
        var file = await BicepFile.ParseAsync("param used string\nparam idle string\nvar a = [for x in lits: { name: x, size: used }]\noutput o array = a\n");
        file.Errors.ShouldBeEmpty();
        file.Unknown.ShouldBe(["lits"]);
        file.Unused.ShouldBe(["idle"]);
    }

    [Fact]
    public async Task Modules_All_NameFilesAndPassExactlyTheirParameters()
    {
        var files = await BicepFile.AllAsync();
        foreach (var file in files)
            foreach (var module in file.Modules)
            {
                var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file.File)!, module.Path));
                var target = files.SingleOrDefault(f => f.File == path);
                target.ShouldNotBeNull($"{file.Name}: module {module.Name} names {module.Path}, which does not exist.");
                Mismatch(module, target).ShouldBeEmpty();
            }
    }

    [Fact]
    public async Task Modules_WrongParameters_AreFlagged()
    {
        var target = await BicepFile.ParseAsync("param name string\nparam size int = 1\n");
        var caller = await BicepFile.ParseAsync("module m './x.bicep' = {\n  name: 'm'\n  params: {\n    nmae: 'a'\n  }\n}\n");
        Mismatch(caller.Modules.Single(), target).ShouldBe(["m lacks name", "m passes nmae, which is no parameter"], ignoreOrder: true);
    }

    [Fact]
    public async Task Outputs_ThatAreUsed_Exist()
    {
        var files = await BicepFile.AllAsync();
        var uses = 0;
        foreach (var file in files)
            foreach (var use in file.Uses)
            {
                uses++;
                var module = file.Modules.SingleOrDefault(m => m.Name == use.Module);
                module.ShouldNotBeNull($"{file.Name} uses outputs of {use.Module}, which is no module.");
                var target = files.Single(f => f.File == Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file.File)!, module.Path)));
                target.Outputs.Select(o => o.Name).ShouldContain(use.Output, $"{file.Name}: {use.Module}.outputs.{use.Output}");
            }
        uses.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task Modules_ThatAreFiles_AreAllUsed()
    {
        var files = await BicepFile.AllAsync();
        var used = files.SelectMany(f => f.Modules.Select(m => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(f.File)!, m.Path)))).ToHashSet();
        files.Where(f => f.Name != "main.bicep" && !used.Contains(f.File)).Select(f => f.Name).ShouldBeEmpty();
    }

    [Fact]
    public async Task Resources_All_HaveATypeWithAVersionThatIsNoPreview()
    {
        foreach (var file in await BicepFile.AllAsync())
            foreach (var resource in file.Resources.Where(r => r.Type.Contains('/')))
                resource.Type.ShouldMatch(@"^Microsoft\.[A-Za-z]+(/[A-Za-z]+)+@20\d\d-\d\d-\d\d$", $"{file.Name}: {resource.Name}");
    }

    [Fact]
    public async Task Parameters_WithoutMeaningInTheirName_AreDescribedInMain() =>
        (await BicepFile.OfAsync("main.bicep")).Params
            .Where(p => !p.Decorators.Any(d => d.StartsWith("@description(", StringComparison.Ordinal))).Select(p => p.Name).ShouldBeEmpty();

    private static List<string> Mismatch(BicepFile.Module module, BicepFile target) =>
    [
        .. target.Params.Where(p => !p.HasDefault && !module.Params.Contains(p.Name)).Select(p => $"{module.Name} lacks {p.Name}"),
        .. module.Params.Where(p => target.Params.All(t => t.Name != p)).Select(p => $"{module.Name} passes {p}, which is no parameter"),
    ];
}
