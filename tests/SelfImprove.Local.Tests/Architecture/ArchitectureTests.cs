using System.Reflection;
using System.Text.RegularExpressions;
using SelfImprove.Durable;
using SelfImprove.Orchestration;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Local.Tests.Architecture;

/// <summary>Who may depend on whom: between projects by their assemblies, between the stages of the product by what their files use.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Source = FindSource();

    /// <summary>The stages, in the loop's order: each may use those before it.</summary>
    private static readonly string[] Stages = ["Monitoring", "Planning", "DataGeneration", "Training", "Evaluation", "Deployment"];

    /// <summary>The nouns that all stages share; they use one another and no stage.</summary>
    private static readonly string[] Shared = ["Agents", "Models", "Storage", "Runs", "Audit", "Telemetry"];

    /// <summary>
    /// Planning labels a pilot and reads the champion's dataset: it uses how inputs are compared, split, labelled and kept, which the
    /// data stage owns; not how the stage selects, filters and builds.
    /// </summary>
    private static readonly string[] SharedByDataGeneration =
    [
        "DataGeneration", "DataGeneration.Labelling", "DataGeneration.Datasets", "DataGeneration.Splitting", "DataGeneration.Texts",
    ];

    [Fact]
    public void Stages_UseEarlierStagesOnly()
    {
        var wrong = new List<string>();
        var seen = new HashSet<string>();
        foreach (var (file, folder) in ProductFiles())
        {
            if (folder is "" or "Loop") continue;
            seen.Add(folder);
            foreach (var used in UsesOf(file))
                if (!MayUse(folder, used)) wrong.Add($"{Path.GetRelativePath(Source, file)} uses SelfImprove.{used}");
        }
        wrong.ShouldBeEmpty();
        seen.ShouldBe([.. Stages, .. Shared], ignoreOrder: true, "a new folder needs its place here");
    }

    [Theory]
    [InlineData("Monitoring", "Planning", false)]
    [InlineData("Evaluation", "Deployment.Serving", false)]
    [InlineData("Runs", "Monitoring", false)]
    [InlineData("Planning", "DataGeneration.Filters", false)]
    [InlineData("Planning", "Loop", false)]
    [InlineData("Deployment", "Evaluation", true)]
    [InlineData("Training", "Storage", true)]
    public void MayUse_Arrows_AreThoseOfTheDesign(string folder, string used, bool allowed) => MayUse(folder, used).ShouldBe(allowed);

    [Fact]
    public void Projects_ReferenceOnlyWhatTheyMay()
    {
        // The seam names a logger and builds activities by dependency injection: both by their abstractions alone.
        ReferencesOf(typeof(OrchestrationContext).Assembly).ShouldBe(
            ["Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Logging.Abstractions"], ignoreOrder: true);
        ReferencesOf(typeof(SeededRandom).Assembly).ShouldBeEmpty();
        ReferencesOf(typeof(DurableEngine).Assembly).Where(IsOurs).ShouldBe(["SelfImprove.Orchestration"]);
        var product = ReferencesOf(typeof(ImprovementLoop).Assembly);
        product.Where(IsOurs).ShouldBe(["SelfImprove.Orchestration", "SelfImprove.Statistics"], ignoreOrder: true);
        product.ShouldAllBe(r => !r.StartsWith("Microsoft.AspNetCore") && !r.Contains("Sqlite") && !r.StartsWith("Azure") && !r.Contains("Hosting"));
        var api = ReferencesOf(Assembly.Load("SelfImprove.Api"));
        api.Where(IsOurs).Except(["SelfImprove", "SelfImprove.Orchestration", "SelfImprove.Statistics"]).ShouldBeEmpty();
        api.ShouldAllBe(r => !r.Contains("Sqlite") && !r.StartsWith("Azure"));
    }

    [Fact]
    public void Orchestrators_AreInFilesThatTheAnalyzerWatches()
    {
        foreach (var (file, _) in ProductFiles())
            OrchestratorClass().IsMatch(File.ReadAllText(file)).ShouldBe(file.EndsWith(".orchestrator.cs", StringComparison.Ordinal), file);
    }

    private static bool MayUse(string folder, string used)
    {
        var root = used.Split('.')[0];
        if (root == folder || root is "Orchestration" or "Statistics" || Shared.Contains(root)) return true;
        if (folder == "Planning" && SharedByDataGeneration.Contains(used)) return true;
        return Stages.Contains(folder) && Stages.Contains(root) && Array.IndexOf(Stages, root) < Array.IndexOf(Stages, folder);
    }

    private static IEnumerable<(string File, string Folder)> ProductFiles()
    {
        var product = Path.Combine(Source, "SelfImprove");
        foreach (var file in Directory.EnumerateFiles(product, "*.cs", SearchOption.AllDirectories))
        {
            var parts = Path.GetRelativePath(product, file).Split(Path.DirectorySeparatorChar);
            if (parts[0] is not ("obj" or "bin")) yield return (file, parts.Length > 1 ? parts[0] : "");
        }
    }

    private static IEnumerable<string> UsesOf(string file) => Use().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value).Distinct();

    private static string[] ReferencesOf(Assembly assembly) =>
        [.. assembly.GetReferencedAssemblies().Select(r => r.Name!).Where(r => !r.StartsWith("System", StringComparison.Ordinal) && r is not "netstandard" and not "Microsoft.Win32.Primitives")];

    private static bool IsOurs(string assembly) => assembly.StartsWith("SelfImprove", StringComparison.Ordinal);

    private static string FindSource()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "src", "SelfImprove", "SelfImprove.csproj"))) return Path.Combine(folder.FullName, "src");
        throw new DirectoryNotFoundException($"No checkout lies above {AppContext.BaseDirectory}.");
    }

    [GeneratedRegex(@"^using (?:static )?SelfImprove\.([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Use();

    [GeneratedRegex(@"class \w+ : Orchestrator<")]
    private static partial Regex OrchestratorClass();
}
