using System.Text;
using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.Models;
using SelfImprove.Runs;
using SelfImprove.Testing.Loop;
using SelfImprove.Testing.Storage;
using SelfImprove.Training;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Tests.Training;

public sealed class BuiltinTrainerTests
{
    private readonly WorldStore _store = new();
    private readonly SmallTask _task = new(4, 3);
    private readonly SettableClock _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private BuiltinTrainer Trainer => new(_store, _clock);

    private async Task<TrainingJob> JobAsync(string path = "runs/desk/desk-0001/dataset-1.jsonl", IEnumerable<string>? labels = null)
    {
        var manifest = SmallManifest.Create(_task);
        var rows = _task.Examples(labels ?? _task.Classes, 6).Select(e => SftFormat.Write(
            new DatasetRow(SftFormat.Messages(manifest.Task.Instructions, [ChatMessage.User(e.Text)]), new AgentOutput(e.Label), [], 1)));
        await _store.WriteAsync(path, Encoding.UTF8.GetBytes(string.Concat(rows.Select(r => r + "\n"))));
        return new TrainingJob(new RunRef("desk", "desk-0001", 1, 1), path, "sft", "builtin:none", manifest.Task, manifest.Student);
    }

    [Fact]
    public async Task Submit_SameKey_TrainsOnceAndSameRowsGiveTheSameModel()
    {
        var job = await JobAsync();
        var first = await Trainer.SubmitAsync(job, "key-1");
        var writes = _store.Writes;
        (await Trainer.SubmitAsync(job, "key-1")).ShouldBe(first);
        _store.Writes.ShouldBe(writes, "found, not trained again");

        var other = await Trainer.SubmitAsync(job, "key-2");
        other.ShouldNotBe(first);
        var (a, b) = (await Trainer.GetAsync(first), await Trainer.GetAsync(other));
        a.State.ShouldBe(TrainingState.Succeeded);
        a.Metrics["rows"].ShouldBe(24);
        b.ContentHash.ShouldBe(a.ContentHash);
    }

    [Fact]
    public async Task Submit_OneClassOnly_FailsForGoodAndSaysWhy()
    {
        var status = await Trainer.GetAsync(await Trainer.SubmitAsync(await JobAsync(labels: ["class-0"]), "k"));
        status.State.ShouldBe(TrainingState.Failed);
        status.IsTransient.ShouldBeFalse();
        status.Reason!.ShouldStartWith("The dataset runs/desk/desk-0001/dataset-1.jsonl can't be trained on: ");
    }

    [Fact]
    public async Task Get_UnknownJob_HasFailedTransiently()
    {
        var status = await Trainer.GetAsync("desk/0123456789abcdef");
        status.State.ShouldBe(TrainingState.Failed);
        status.IsTransient.ShouldBeTrue();
    }

    [Fact]
    public async Task Open_CorruptModel_SaysWhichFileAndAnotherStillOpens()
    {
        var job = await JobAsync();
        var model = (await Trainer.GetAsync(await Trainer.SubmitAsync(job, "k"))).Model!["builtin:".Length..];
        var bytes = (await _store.ReadAsync(model))!.Bytes.ToArray();
        bytes[bytes.Length / 2] ^= 0xff;
        await _store.WriteAsync("agents/desk/models/torn.model", bytes);

        var source = new BuiltinModelSource(_store);
        (await Should.ThrowAsync<InvalidModelFileException>(() => source.OpenAsync("agents/desk/models/torn.model", job.Task))).Message.ShouldStartWith("agents/desk/models/torn.model: ");
        (await Should.ThrowAsync<FileNotFoundException>(() => source.OpenAsync("agents/desk/models/gone.model", job.Task))).Message.ShouldBe("There is no model file agents/desk/models/gone.model.");
        var text = _task.Say("class-2");
        (await (await source.OpenAsync(model, job.Task)).AnswerAsync(new ModelRequest([ChatMessage.User(text)]))).Output.Decision.ShouldNotBeNullOrEmpty();
    }
}
