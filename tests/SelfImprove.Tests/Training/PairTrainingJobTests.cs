using System.Text;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.Models;
using SelfImprove.Runs;
using SelfImprove.Testing.Loop;
using SelfImprove.Testing.Storage;
using SelfImprove.Training;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Tests.Training;

public sealed class PairTrainingJobTests
{
    private readonly WorldStore _store = new();
    private readonly SmallTask _task = new(4, 3);

    [Fact]
    public async Task Submit_RowsAndPairs_LearnsFromBoth()
    {
        var trainer = new BuiltinTrainer(_store, new SettableClock(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)));
        trainer.Formats.ShouldContain("dpo");
        trainer.Capabilities.Combines.ShouldBeTrue();
        var manifest = SmallManifest.Create(_task);
        var text = _task.Say("class-1");
        IReadOnlyList<ChatMessage> Input(string words) => SftFormat.Messages(manifest.Task.Instructions, [ChatMessage.User(words)]);
        await WriteAsync("d.jsonl", _task.Examples(_task.Classes, 4).Select(e => SftFormat.Write(new DatasetRow(Input(e.Text), new AgentOutput(e.Label), []))));
        await WriteAsync("p.jsonl", Enumerable.Repeat(DpoFormat.Write(new PreferencePair(Input(text), new AgentOutput("class-3"), new AgentOutput("class-1"), [])), 6)
            .Append(DpoFormat.Write(new PreferencePair(Input("unknown to the task"), new AgentOutput("class-99"), new AgentOutput("class-1"), []))));
        var job = new TrainingJob(new RunRef("desk", "desk-0001", 1, 1), "d.jsonl", "sft", "builtin:none", manifest.Task, manifest.Student);

        var rows = await trainer.GetAsync(await trainer.SubmitAsync(job, "rows"));
        var both = await trainer.GetAsync(await trainer.SubmitAsync(job with { Pairs = "p.jsonl" }, "both"));

        both.State.ShouldBe(TrainingState.Succeeded, both.Reason);
        both.Metrics["pairs"].ShouldBe(6);
        rows.Metrics.ContainsKey("pairs").ShouldBeFalse();
        (await ChanceAsync(both, text, "class-3")).ShouldBeGreaterThan(await ChanceAsync(rows, text, "class-3") + 0.05);
        var alone = await trainer.GetAsync(await trainer.SubmitAsync(job with { Format = "dpo" }, "alone"));
        alone.State.ShouldBe(TrainingState.Failed);
        alone.Reason!.ShouldContain("'dpo' alone");
    }

    private Task WriteAsync(string path, IEnumerable<string> lines) => _store.WriteAsync(path, Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n"))));

    private async Task<double> ChanceAsync(TrainingStatus status, string text, string label)
    {
        var model = StudentModel.Load((await _store.ReadAsync(status.Model!["builtin:".Length..]))!.Bytes.Span);
        var all = new double[model.Classes.Count];
        model.PredictProbabilities(text, all);
        return all[model.Classes.ToList().IndexOf(label)];
    }
}
