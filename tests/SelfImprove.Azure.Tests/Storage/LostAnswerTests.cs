using System.Text;
using Microsoft.AspNetCore.Http;
using SelfImprove.Azure.Storage;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Azure.Tests.Storage;

/// <summary>Answers that never came although the request took effect, and those that never came because it did not.</summary>
[Collection(nameof(Azurite))]
public sealed class LostAnswerTests(Azurite azurite) : IAsyncLifetime
{
    private readonly string _container = Azurite.NewContainer();
    private FaultProxy _proxy = null!;
    private AzureBlobStore _store = null!;
    private AzureBlobStore _direct = null!;

    public static TheoryData<string> Losses => ["drop", "hang", "500"];

    public static TheoryData<string> QuickLosses => ["drop", "500"];

    public async Task InitializeAsync()
    {
        _proxy = await FaultProxy.StartAsync(azurite);
        _store = new AzureBlobStore(azurite.Settings(_container, _proxy.Endpoint), options: Impatient());
        _direct = new AzureBlobStore(azurite.Settings(_container));
        await _store.OpenAsync();
    }

    public async Task DisposeAsync()
    {
        _store.Dispose();
        _direct.Dispose();
        await _proxy.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task WriteAsync_IfAbsentDoneButUnanswered_IsWritten(string loss)
    {
        _proxy.Breaks(IsWrite, Lost(loss));
        var result = await _store.WriteAsync("a/fact", Bytes("mine"), WriteCondition.IfAbsent);

        result.Written.ShouldBeTrue();
        result.ETag.ShouldBe((await _direct.ReadAsync("a/fact"))!.ETag);
        (await _store.WriteAsync("a/fact", Bytes("again"), WriteCondition.IfAbsent)).Written.ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(QuickLosses))]
    public async Task WriteAsync_IfMatchDoneButUnanswered_IsWrittenAndGoesOn(string loss)
    {
        var first = await _store.WriteAsync("a/routing", Bytes("1"));
        _proxy.Breaks(IsWrite, Lost(loss));
        var second = await _store.WriteAsync("a/routing", Bytes("2"), WriteCondition.IfMatch(first.ETag!));

        second.Written.ShouldBeTrue();
        (await _direct.WriteAsync("a/routing", Bytes("3"), WriteCondition.IfMatch(second.ETag!))).Written.ShouldBeTrue();
    }

    [Fact]
    public async Task WriteAsync_IfAbsentNeverArrivedAndAnotherCameFirst_IsNotWritten()
    {
        // The same bytes: what decides is who wrote them.
        _proxy.Breaks(IsWrite, new Fault(false, Fault.Drop, () => _direct.WriteAsync("a/claim", Bytes("same"), WriteCondition.IfAbsent)));
        (await _store.WriteAsync("a/claim", Bytes("same"), WriteCondition.IfAbsent)).Written.ShouldBeFalse();
    }

    [Fact]
    public async Task WriteAsync_IfMatchNeverArrivedAndAnotherCameFirst_IsNotWritten()
    {
        var first = await _store.WriteAsync("a/claim", Bytes("1"));
        _proxy.Breaks(IsWrite, new Fault(false, Fault.Drop, () => _direct.WriteAsync("a/claim", Bytes("same"), WriteCondition.IfMatch(first.ETag!))));
        (await _store.WriteAsync("a/claim", Bytes("same"), WriteCondition.IfMatch(first.ETag!))).Written.ShouldBeFalse();
    }

    [Fact]
    public async Task WriteAsync_DoneUnansweredAndReplacedSince_IsWrittenAndNoLongerCurrent()
    {
        var first = await _store.WriteAsync("a/count", Bytes("1"));
        _proxy.Breaks(IsWrite, new Fault(true, Fault.Drop, async () =>
        {
            var mine = (await _direct.ReadAsync("a/count"))!;
            await _direct.WriteAsync("a/count", Bytes("3"), WriteCondition.IfMatch(mine.ETag));
        }));
        var second = await _store.WriteAsync("a/count", Bytes("2"), WriteCondition.IfMatch(first.ETag!));

        second.Written.ShouldBeTrue();
        (await _store.WriteAsync("a/count", Bytes("4"), WriteCondition.IfMatch(second.ETag!))).Written.ShouldBeFalse();
        (await TextAsync("a/count")).ShouldBe("3");
    }

    [Fact]
    public async Task WriteAsync_NeverArrivedAndOthersWroteManyTimes_IsNotWritten()
    {
        var etag = (await _direct.WriteAsync("a/count", Bytes("0"), WriteCondition.IfAbsent)).ETag!;
        var seen = (await _store.ReadAsync("a/count"))!;
        _proxy.Breaks(IsWrite, new Fault(false, Fault.Drop, async () =>
        {
            for (var i = 0; i < 40; i++) etag = (await _direct.WriteAsync("a/count", Bytes("x"), WriteCondition.IfMatch(etag))).ETag!;
        }));
        (await _store.WriteAsync("a/count", Bytes("1"), WriteCondition.IfMatch(seen.ETag))).Written.ShouldBeFalse();
    }

    [Fact]
    public async Task WriteAsync_UnansweredAndReplacedWithoutStamps_SaysThatNobodyKnows()
    {
        var first = await _store.WriteAsync("a/count", Bytes("1"));
        _proxy.Breaks(IsWrite, new Fault(true, Fault.Drop, () => _direct.WriteAsync("a/count", Bytes("3"))));

        var unknown = await Should.ThrowAsync<StorageException>(() => _store.WriteAsync("a/count", Bytes("2"), WriteCondition.IfMatch(first.ETag!)));
        unknown.Message.ShouldContain("It is not known whether a/count was written");
        Failure.From(unknown).IsTransient.ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task AppendAsync_DoneButUnanswered_IsThereOnce(string loss)
    {
        await _store.AppendAsync("a/log", Bytes("one\n"), 0);
        _proxy.Breaks(IsAppend, Lost(loss));

        (await _store.AppendAsync("a/log", Bytes("two\n"), 4)).ShouldBe(new AppendResult(true, 8));
        (await _store.AppendAsync("a/log", Bytes("three\n"), 8)).ShouldBe(new AppendResult(true, 14));
        (await TextAsync("a/log")).ShouldBe("one\ntwo\nthree\n");
    }

    [Theory]
    [MemberData(nameof(QuickLosses))]
    public async Task AppendAsync_NewObjectMadeAndFilledUnanswered_IsThereOnce(string loss)
    {
        _proxy.Breaks(IsWrite, Lost(loss)).Breaks(IsAppend, Lost(loss));
        (await _store.AppendAsync("a/new", Bytes("one\n"), 0)).ShouldBe(new AppendResult(true, 4));
        (await TextAsync("a/new")).ShouldBe("one\n");
    }

    [Fact]
    public async Task AppendAsync_DoneUnansweredAndAppendedToSince_IsThereOnce()
    {
        await _store.AppendAsync("a/log", Bytes("one\n"), 0);
        _proxy.Breaks(IsAppend, new Fault(true, Fault.Drop, () => _direct.AppendAsync("a/log", Bytes("seal\n"), 8)));

        (await _store.AppendAsync("a/log", Bytes("two\n"), 4)).Appended.ShouldBeTrue();
        (await TextAsync("a/log")).ShouldBe("one\ntwo\nseal\n");
    }

    [Fact]
    public async Task AppendAsync_NeverArrivedAndAnotherCameFirst_IsNotAppended()
    {
        await _store.AppendAsync("a/log", Bytes("one\n"), 0);
        _proxy.Breaks(IsAppend, new Fault(false, Fault.Drop, () => _direct.AppendAsync("a/log", Bytes("seal\n"), 4)));

        (await _store.AppendAsync("a/log", Bytes("two\n"), 4)).ShouldBe(new AppendResult(false, 9));
        (await TextAsync("a/log")).ShouldBe("one\nseal\n");
    }

    [Theory]
    [MemberData(nameof(QuickLosses))]
    public async Task DeleteAsync_DoneButUnanswered_IsDeleted(string loss)
    {
        var written = await _store.WriteAsync("a/gone", Bytes("x"));
        _proxy.Breaks(r => r.Method == "DELETE", Lost(loss));
        (await _store.DeleteAsync("a/gone", written.ETag)).ShouldBeTrue();
        (await _direct.ReadAsync("a/gone")).ShouldBeNull();
    }

    [Fact]
    public async Task ReadAndList_BrokenAnswers_AreAskedForAgain()
    {
        await _store.WriteAsync("a/x", Bytes("x"));
        _proxy.Breaks(r => r.Method == "GET", new Fault(true, Fault.Drop)).Breaks(r => r.Method == "GET", new Fault(true, Fault.Says(503)));
        Encoding.UTF8.GetString((await _store.ReadAsync("a/x"))!.Bytes.Span).ShouldBe("x");
        _proxy.Breaks(r => r.Method == "GET", new Fault(true, Fault.Says(500)));
        (await _store.ListAsync("a/").ToListAsync()).ShouldBe([new StoredEntry("a/x", 1)]);
    }

    private static BlobStoreOptions Impatient() => new() { Retry = { Delay = TimeSpan.FromMilliseconds(5), MaxRetries = 3, NetworkTimeout = TimeSpan.FromMilliseconds(700) } };

    private static bool IsWrite(HttpRequest request) => request.Method == "PUT" && !request.QueryString.HasValue;

    private static bool IsAppend(HttpRequest request) => request.QueryString.Value == "?comp=appendblock";

    private static Fault Lost(string how) => new(true, how switch { "drop" => Fault.Drop, "hang" => Fault.Hang, _ => Fault.Says(500, "OperationTimedOut") });

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private async Task<string> TextAsync(string path) => Encoding.UTF8.GetString((await _direct.ReadAsync(path))!.Bytes.Span);
}
