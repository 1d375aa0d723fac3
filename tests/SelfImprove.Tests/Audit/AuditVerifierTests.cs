using System.Text;
using SelfImprove.Audit;
using SelfImprove.Storage;
using SelfImprove.Testing.Storage;

namespace SelfImprove.Tests.Audit;

/// <summary>Two months of a log, tampered with in every way; the last head is anchored.</summary>
public sealed class AuditVerifierTests : IAsyncLifetime
{
    private const string January = "audit/router/2026-01.ndjson";
    private const string February = "audit/router/2026-02.ndjson";

    private readonly LocalFolderStore _store = MemoryStores.Open();
    private readonly List<AuditAnchor> _anchors = [];
    private string _january = "";
    private string _february = "";

    public async Task InitializeAsync()
    {
        var clock = new SettableClock(new DateTimeOffset(2026, 1, 30, 12, 0, 0, TimeSpan.Zero));
        var log = new AuditLog(_store, clock);
        for (var i = 1; i <= 8; i++)
        {
            if (i == 5) clock.Now = clock.Now.AddDays(5);
            await log.AppendAsync("router", new AuditRecord("plan", "run-1", "planner", new { Gain = i }, $"k{i}"));
        }
        var head = (await log.HeadAsync("router"))!;
        _anchors.Add(new AuditAnchor(head.Seq, head.Hash, "version v2"));
        (_january, _february) = (await TextAsync(January), await TextAsync(February));
        head.Seq.ShouldBe(9);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task VerifyAsync_Untouched_SaysWhatIsAnchored()
    {
        var verified = await VerifyAsync();
        verified.IsIntact.ShouldBeTrue();
        (verified.Entries, verified.LastAnchored, verified.NotAnchored).ShouldBe((9, 9, 0));

        var entry = await new AuditLog(_store, TimeProvider.System).ReadAsync("router").ElementAtAsync(2);
        var partly = await new AuditVerifier(_store).VerifyAsync("router", [new AuditAnchor(3, entry.Hash, "version v1")]);
        (partly.LastAnchored, partly.NotAnchored).ShouldBe((3, 6));
        (await new AuditVerifier(_store).VerifyAsync("nobody", [])).ShouldSatisfyAllConditions(v => v.IsIntact.ShouldBeTrue(), v => v.Head.ShouldBeNull());
    }

    [Theory]
    [InlineData(January)]
    [InlineData(February)]
    public async Task VerifyAsync_AnyByteChanged_IsFound(string path)
    {
        var bytes = (await _store.ReadAsync(path))!.Bytes.ToArray();
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var change in at % 16 == 0 ? new byte[] { 1, 2, 4, 32, 128 } : [1])
            {
                bytes[at] ^= change;
                await _store.WriteAsync(path, bytes);
                (await VerifyAsync()).IsIntact.ShouldBeFalse($"byte {at} of {path} xor {change}");
                bytes[at] ^= change;
            }
        }
    }

    [Theory]
    [InlineData(January)]
    [InlineData(February)]
    public async Task VerifyAsync_AnyByteChanged_TheWriterNeverPassesOverAnAcknowledgedEntry(string path)
    {
        var clock = new SettableClock(new DateTimeOffset(2026, 2, 20, 12, 0, 0, TimeSpan.Zero));
        var bytes = (await _store.ReadAsync(path))!.Bytes.ToArray();
        for (var at = 0; at < bytes.Length; at += 3)
        {
            bytes[at] ^= 1;
            await _store.WriteAsync(path, bytes);
            await Record.ExceptionAsync(() => new AuditLog(_store, clock).AppendAsync("router", new AuditRecord("plan", null, "planner", null, "after")));
            (await VerifyAsync()).IsIntact.ShouldBeFalse($"byte {at} of {path}");
            bytes[at] ^= 1;
            await _store.WriteAsync(January, Encoding.UTF8.GetBytes(_january));
            await _store.WriteAsync(February, Encoding.UTF8.GetBytes(_february));
        }
    }

    [Fact]
    public async Task VerifyAsync_AnyLineDroppedRepeatedOrSwapped_IsFound()
    {
        foreach (var (path, text) in new[] { (January, _january), (February, _february) })
        {
            var lines = text.Split('\n')[..^1];
            for (var i = 0; i < lines.Length; i++)
            {
                await ShouldBeFoundAsync(path, lines.Where((_, n) => n != i), $"dropped line {i} of {path}");
                await ShouldBeFoundAsync(path, lines.Take(i + 1).Concat(lines.Skip(i)), $"repeated line {i} of {path}");
                if (i > 0) await ShouldBeFoundAsync(path, lines.Take(i - 1).Append(lines[i]).Append(lines[i - 1]).Concat(lines.Skip(i + 1)), $"swapped line {i} of {path}");
            }
            await _store.WriteAsync(path, Encoding.UTF8.GetBytes(text));
        }
    }

    [Fact]
    public async Task VerifyAsync_CutShortAnywhere_IsFoundByTheAnchor()
    {
        for (var length = 0; length < _february.Length - 1; length += 7)
        {
            await _store.WriteAsync(February, Encoding.UTF8.GetBytes(_february[..length]));
            (await VerifyAsync()).Problems.ShouldContain(p => p.Message == "Entry 9 is missing, which version v2 vouches for: the log was cut short, or rewritten.");
        }
        await _store.DeleteAsync(February);
        (await VerifyAsync()).IsIntact.ShouldBeFalse();
        (await new AuditVerifier(_store).VerifyAsync("router", [])).IsIntact.ShouldBeTrue("without an anchor, a log that ends with a seal may have ended there");
    }

    [Fact]
    public async Task VerifyAsync_MonthRemovedOrRenamed_IsFound()
    {
        await _store.WriteAsync("audit/router/2025-12.ndjson", Encoding.UTF8.GetBytes(_january));
        await _store.DeleteAsync(January);
        (await VerifyAsync()).Problems.ShouldContain(p => p.Message.Contains("seal of another month"));
        await _store.DeleteAsync("audit/router/2025-12.ndjson");
        (await VerifyAsync()).Problems.ShouldContain(p => p.Message.Contains("Entry 6 comes after entry 0"));
        await _store.WriteAsync(January, Encoding.UTF8.GetBytes(_january));
        await _store.WriteAsync("audit/router/notes.txt", default);
        (await VerifyAsync()).Problems.Single().Message.ShouldContain("does not belong");
    }

    [Fact]
    public async Task VerifyAsync_RewrittenWithRightHashes_IsFoundByTheAnchor()
    {
        await _store.DeleteAsync(January);
        await _store.DeleteAsync(February);
        var forged = new AuditLog(_store, new SettableClock(new DateTimeOffset(2026, 1, 30, 12, 0, 0, TimeSpan.Zero)));
        for (var i = 1; i <= 9; i++) await forged.AppendAsync("router", new AuditRecord("plan", "run-1", "planner", new { Gain = 99 }, $"k{i}"));

        var verified = await VerifyAsync();
        verified.Problems.Single().Message.ShouldBe("Entry 9 is not the one that version v2 vouches for: it, or one before it, was rewritten.");
        verified.LastAnchored.ShouldBe(0);
    }

    [Fact]
    public async Task VerifyAsync_AnotherAgentsLog_IsFound()
    {
        await _store.WriteAsync("audit/other/2026-01.ndjson", Encoding.UTF8.GetBytes(_january));
        (await new AuditVerifier(_store).VerifyAsync("other", [])).Problems.Single().Message.ShouldContain("another log's");
    }

    private async Task ShouldBeFoundAsync(string path, IEnumerable<string> lines, string what)
    {
        await _store.WriteAsync(path, Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n"))));
        (await VerifyAsync()).IsIntact.ShouldBeFalse(what);
    }

    private Task<AuditVerification> VerifyAsync() => new AuditVerifier(_store).VerifyAsync("router", _anchors);

    private async Task<string> TextAsync(string path) => Encoding.UTF8.GetString((await _store.ReadAsync(path))!.Bytes.Span);
}
