using SelfImprove.Azure.Tests.TrainingScript;
using SelfImprove.Agents.Manifests;
using SelfImprove.Azure.Training;

namespace SelfImprove.Azure.Tests.Training;

/// <summary>The command of a job is one that the training script understands, and the script is the one that the assembly carries.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("small", "sft", """{"messages":[{"role":"user","content":"hello NUMBER"},{"role":"assistant","content":"billing"}]}""")]
    [InlineData("big", "sft", """{"messages":[{"role":"user","content":"hello NUMBER"},{"role":"assistant","content":"billing"}]}""")]
    [InlineData("big", "dpo",
        """{"input":{"messages":[{"role":"user","content":"hello NUMBER"}]},"preferred_output":[{"role":"assistant","content":"a"}],"non_preferred_output":[{"role":"assistant","content":"b"}]}""")]
    public async Task Command_OfAJob_PassesTheScriptsOwnCheck(string profile, string format, string row)
    {
        await using var world = await WorkspaceWorld.CreateAsync();
        await world.SubmitAsync(job: WorkspaceWorld.Job(profile, format, profile == "small" ? new HyperparameterSettings { Epochs = 1.5 } : null));
        var command = world.Workspace.JobBody(world.Workspace.Made.Single())["properties"]!["command"]!.GetValue<string>();
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.jsonl");
        await File.WriteAllLinesAsync(file, Enumerable.Range(0, 20).Select(i => row.Replace("NUMBER", $"{i}")));
        try
        {
            var arguments = command[command.IndexOf("train.py", StringComparison.Ordinal)..].Replace("${{inputs.train}}", file)
                .Replace("${{outputs.model}}", Path.Combine(Path.GetTempPath(), "never-made")).Split(' ');
            var (code, output, errors) = await TrainingScript.TrainingScript.PythonAsync([.. arguments, "--check"]);
            code.ShouldBe(0, output + errors);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Embedded_Script_IsTheOneInTheSources()
    {
        var files = TrainingCode.Embedded().Files;
        files["train.py"].ShouldBe(File.ReadAllBytes(Path.Combine(TrainingScript.TrainingScript.Folder, "train.py")));
        files.Keys.ShouldContain("requirements.txt");
        files.Keys.ShouldContain("finetune/options.py");
        files.Keys.ShouldAllBe(k => !k.StartsWith("tests/") && !k.Contains('\\'));
    }
}
