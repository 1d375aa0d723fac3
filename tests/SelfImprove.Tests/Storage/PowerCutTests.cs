using System.Text;
using SelfImprove.Storage;
using SelfImprove.Testing.Storage;

namespace SelfImprove.Tests.Storage;

/// <summary>A power cut before every single file operation of a workload: what was acknowledged is there, and nothing half done shows.</summary>
public sealed class PowerCutTests
{
    private sealed record Step(string Kind, string Path, string Text);

    private static readonly Step[] Workload =
    [
        new("write", "agents/a/manifest.json", "first version"),
        new("append", "log/a/2026/01/w-1.ndjson", "one\n"),
        new("append", "log/a/2026/01/w-1.ndjson", "two\n"),
        new("write", "agents/a/manifest.json", "second, longer version"),
        new("append", "log/a/2026/02/w-1.ndjson", "other\n"),
        new("write", "agents/b/routing.json", "route"),
        new("delete", "agents/a/manifest.json", ""),
        new("append", "log/a/2026/01/w-1.ndjson", "three\n"),
        new("write", "agents/a/manifest.json", "again"),
        new("delete", "log/a/2026/02/w-1.ndjson", ""),
        new("append", "log/a/2026/02/w-1.ndjson", "reborn\n"),
        new("write", "log/a/2026/01/w-1.ndjson", "replaced\n"),
        new("append", "log/a/2026/01/w-1.ndjson", "and appended\n"),
        new("write", "facts/run-1/deploy-1.json", "yes"),
    ];

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Workload_CutAtEveryOperation_KeepsWhatWasAcknowledged(int? seed)
    {
        var whole = new PowerCutFileLayer();
        (await RunAsync(whole)).InFlight.ShouldBeNull();
        whole.Operations.ShouldBeGreaterThan(50);

        for (long cut = 1; cut <= whole.Operations; cut++)
        {
            var disk = new PowerCutFileLayer { CutAt = cut };
            var (acknowledged, inFlight) = await RunAsync(disk);
            var after = disk.Restart(seed is null ? null : new Random((int)(seed * 1000 + cut)));
            await CheckAsync(after, acknowledged, inFlight, $"cut before operation {cut}, seed {seed}");
        }
    }

    [Fact]
    public async Task Write_FolderCreatedByAnotherWriterThatDied_IsStillLasting()
    {
        // The first writer dies after it created the folders and before it flushed them; the second finds them and must flush them itself.
        for (long cut = 1; cut < 60; cut++)
        {
            var disk = new PowerCutFileLayer();
            using var survivor = MemoryStores.Open(disk);
            using var other = MemoryStores.Open(disk);
            var operations = disk.Operations;
            disk.AfterOperation = number =>
            {
                if (number == operations + cut) throw new InvalidOperationException("killed");
            };
            await Record.ExceptionAsync(() => other.WriteAsync("x/y/z/first", Bytes("1")));
            disk.AfterOperation = null;

            await survivor.WriteAsync("x/y/z/second", Bytes("2"));
            using var after = MemoryStores.Open(disk.Restart());
            (await after.ReadAsync("x/y/z/second")).ShouldNotBeNull($"killed after operation {cut}");
        }
    }

    [Fact]
    public async Task Read_WhileAppendIsNotFlushed_ShowsOnlyFlushedBytes()
    {
        var disk = new PowerCutFileLayer();
        using var store = MemoryStores.Open(disk);
        await store.AppendAsync("log/a", Bytes("one\n"), 0);
        var lengths = new List<(long Read, long Listed, int Bytes)>();
        disk.AfterOperation = _ =>
        {
            var read = store.ReadAsync("log/a").GetAwaiter().GetResult()!;
            var listed = store.ListAsync("log/").ToBlockingEnumerable().Single();
            lengths.Add((read.Length, listed.Length, read.Bytes.Length));
        };
        await store.AppendAsync("log/a", Bytes("two\n"), 4);

        lengths.Count.ShouldBe(3, "write, time, flush");
        lengths.ShouldAllBe(l => l.Read == 4 && l.Listed == 4 && l.Bytes == 4);
        (await store.ReadAsync("log/a"))!.Length.ShouldBe(8);
    }

    private static async Task<(Dictionary<string, string> Acknowledged, Step? InFlight)> RunAsync(PowerCutFileLayer disk)
    {
        var acknowledged = new Dictionary<string, string>();
        Step? inFlight = null;
        try
        {
            using var store = MemoryStores.Open(disk);
            foreach (var step in Workload)
            {
                inFlight = step;
                await DoAsync(store, step, acknowledged.GetValueOrDefault(step.Path, "").Length);
                if (After(acknowledged.GetValueOrDefault(step.Path), step) is { } text) acknowledged[step.Path] = text;
                else acknowledged.Remove(step.Path);
                inFlight = null;
            }
        }
        catch (PowerCutException)
        {
            // As meant.
        }
        return (acknowledged, inFlight);
    }

    private static async Task DoAsync(LocalFolderStore store, Step step, long length)
    {
        switch (step.Kind)
        {
            case "write": (await store.WriteAsync(step.Path, Bytes(step.Text))).Written.ShouldBeTrue(); break;
            case "append": (await store.AppendAsync(step.Path, Bytes(step.Text), length)).Appended.ShouldBeTrue(); break;
            default: (await store.DeleteAsync(step.Path)).ShouldBeTrue(); break;
        }
    }

    private static string? After(string? before, Step step) => step.Kind switch
    {
        "write" => step.Text,
        "append" => before + step.Text,
        _ => null,
    };

    private static async Task CheckAsync(PowerCutFileLayer disk, Dictionary<string, string> acknowledged, Step? inFlight, string when)
    {
        using var store = MemoryStores.Open(disk);
        disk.List("/store/.store/tmp").ShouldBeEmpty(when);
        var listed = (await store.ListAsync("").ToListAsync()).ToDictionary(e => e.Path, e => e.Length);
        foreach (var path in acknowledged.Keys.Union(listed.Keys))
        {
            var before = acknowledged.GetValueOrDefault(path);
            var stored = await store.ReadAsync(path);
            var found = stored is null ? null : Encoding.UTF8.GetString(stored.Bytes.Span);
            found?.Length.ShouldBe((int)listed[path], when);
            if (inFlight?.Path != path)
            {
                found.ShouldBe(before, when);
                continue;
            }
            var after = After(before, inFlight);
            if (inFlight.Kind == "append")
            {
                (found ?? "").ShouldStartWith(before ?? "", Case.Sensitive, when);
                after.ShouldNotBeNull().ShouldStartWith(found ?? "", Case.Sensitive, when);
            }
            else
            {
                (found == before || found == after).ShouldBeTrue($"{when}: {path} holds '{found}', neither '{before}' nor '{after}'");
            }
        }

        // And it goes on: the object under way is whatever it is, and can be changed.
        if (inFlight is null) return;
        var length = (await store.ReadAsync(inFlight.Path))?.Length ?? 0;
        (await store.AppendAsync(inFlight.Path, Bytes("!"), length)).Length.ShouldBe(length + 1, when);
        (await store.WriteAsync(inFlight.Path, Bytes("new"))).Written.ShouldBeTrue(when);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
