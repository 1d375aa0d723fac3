using System.Text.RegularExpressions;
using SelfImprove.Testing.Node;
using Shouldly;
using Xunit;

namespace SelfImprove.Azure.Tests.TrainingScript;

public sealed partial class PythonTests
{
    [Fact]
    public async Task UnitTests_OfThePureParts_Pass()
    {
        var (code, output, errors) = await TrainingScript.PythonAsync("-m", "unittest", "discover", "-s", "tests", "-t", ".");
        code.ShouldBe(0, output + errors);
        int.Parse(Ran().Match(errors).Groups[1].Value).ShouldBeGreaterThan(30);
        errors.ShouldNotContain("skipped");
    }

    // Parses and compiles every module, those that need torch too, and looks for names that nothing defines.
    [Fact]
    public async Task Modules_All_CompileAndImportOnlyWhatTheyMay()
    {
        const string Program = """
            import ast, pathlib, sys
            heavy = {"torch", "transformers", "trl", "peft", "datasets", "PIL", "mlflow", "accelerate"}
            may = {"run", "model", "sft", "vision", "dpo", "callbacks"}
            count = 0
            for path in sorted(pathlib.Path(".").rglob("*.py")):
                source = path.read_text("utf-8")
                tree = ast.parse(source, str(path))
                compile(source, str(path), "exec")
                count += 1
                roots = set()
                for node in ast.walk(tree):
                    if isinstance(node, ast.Import): roots |= {name.name.split(".")[0] for name in node.names}
                    if isinstance(node, ast.ImportFrom) and node.level == 0: roots.add(node.module.split(".")[0])
                if roots & heavy and path.stem not in may: sys.exit(f"{path} imports {sorted(roots & heavy)}")
                other = roots - heavy - set(sys.stdlib_module_names) - {"finetune"}
                if other: sys.exit(f"{path} imports {sorted(other)}, which requirements.txt does not have")
                lines = source.splitlines()
                if len(lines) > 300: sys.exit(f"{path} has {len(lines)} lines")
            print(count)
            """;
        var (code, output, errors) = await TrainingScript.PythonAsync("-c", Program);
        code.ShouldBe(0, errors);
        int.Parse(output).ShouldBeGreaterThan(15);
    }

    [Fact]
    public async Task Help_WithoutPackages_ListsTheOptions()
    {
        var (code, output, _) = await TrainingScript.PythonAsync("train.py", "--help");
        code.ShouldBe(0);
        foreach (var option in new[] { "--method", "--adapter", "--load-in-4bit", "--validation-share", "--check" }) output.ShouldContain(option);
    }

    [Fact]
    public async Task Requirements_All_ArePinned()
    {
        var lines = (await File.ReadAllLinesAsync(Path.Combine(TrainingScript.Folder, "requirements.txt"))).Where(l => l.Length > 0 && l[0] != '#').ToList();
        lines.ShouldAllBe(l => Pin().IsMatch(l));
        // The image has its own torch, built for its CUDA.
        lines.ShouldNotContain(l => l.StartsWith("torch", StringComparison.Ordinal));
        foreach (var name in new[] { "transformers", "trl", "peft", "accelerate", "datasets", "bitsandbytes", "pillow" })
            lines.ShouldContain(l => l.StartsWith(name + "==", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Image_OfTheInfrastructure_IsTheOneThatTheRequirementsAreFor()
    {
        var requirements = await File.ReadAllTextAsync(Path.Combine(TrainingScript.Folder, "requirements.txt"));
        var main = await File.ReadAllTextAsync(Path.Combine(NodePackages.Root, "infra", "main.bicep"));
        var image = Image().Match(main).Groups[1].Value;
        image.ShouldNotBeEmpty();
        requirements.ShouldContain(image);
    }

    [GeneratedRegex(@"Ran (\d+) tests")]
    private static partial Regex Ran();

    [GeneratedRegex(@"^[a-z0-9-]+==\d+(\.\d+)+$")]
    private static partial Regex Pin();

    [GeneratedRegex(@"param trainingImage string = '([^':]+):\d+'")]
    private static partial Regex Image();
}
