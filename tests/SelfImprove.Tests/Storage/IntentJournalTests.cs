using SelfImprove.Orchestration;
using SelfImprove.Storage;
using SelfImprove.Testing.Storage;

namespace SelfImprove.Tests.Storage;

public sealed class IntentJournalTests
{
    private sealed record Job(string Id);

    private const string Key = "run-1/train-1/SubmitJob/0011223344556677";
    private static readonly TimeSpan Expiry = TimeSpan.FromMinutes(10);

    private readonly SettableClock _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly PowerCutFileLayer _disk = new();
    private readonly IntentJournal _journal;
    private int _acts;

    public IntentJournalTests() => _journal = Open(_disk);

    [Fact]
    public async Task RunOnceAsync_Again_GivesTheReceiptWithoutActing()
    {
        (await _journal.RunOnceAsync(Key, Expiry, Act)).ShouldBe(new Job("job-1"));
        (await _journal.RunOnceAsync(Key, Expiry, Act)).ShouldBe(new Job("job-1"));
        _clock.Now += TimeSpan.FromDays(1000);
        var restarted = Open(_disk.Restart());
        (await restarted.RunOnceAsync(Key, Expiry, Act)).ShouldBe(new Job("job-1"));
        _acts.ShouldBe(1);
        (await restarted.RunOnceAsync(Key + "/other", Expiry, Act)).ShouldBe(new Job("job-2"));
    }

    [Fact]
    public async Task RunOnceAsync_TwoAtOnce_TheSecondIsToldUntilWhen()
    {
        var working = new TaskCompletionSource();
        var first = _journal.RunOnceAsync(Key, Expiry, async stop =>
        {
            await working.Task;
            return await Act(stop);
        });
        var refused = await Should.ThrowAsync<TransientException>(() => _journal.RunOnceAsync(Key, Expiry, Act));
        refused.Message.ShouldContain("until 2026-03-01 12:10:00Z");

        working.SetResult();
        (await first).ShouldBe(new Job("job-1"));
        (await _journal.RunOnceAsync(Key, Expiry, Act)).ShouldBe(new Job("job-1"));
        _acts.ShouldBe(1);
    }

    [Fact]
    public async Task RunOnceAsync_ManyAtOnce_OneActs()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(async () =>
        {
            try
            {
                return await _journal.RunOnceAsync(Key, Expiry, Act);
            }
            catch (TransientException)
            {
                return null;
            }
        })));
        results.ShouldContain(new Job("job-1"));
        _acts.ShouldBe(1);
    }

    [Fact]
    public async Task RunOnceAsync_CrashBetweenActAndReceipt_ActsAgainAfterTheExpiryAndCountsIt()
    {
        await Should.ThrowAsync<PowerCutException>(() => _journal.RunOnceAsync(Key, Expiry, async stop =>
        {
            var job = await Act(stop);
            _disk.Cut();
            return job;
        }));

        var journal = Open(_disk.Restart());
        await Should.ThrowAsync<TransientException>(() => journal.RunOnceAsync(Key, Expiry, Act));
        _acts.ShouldBe(1);
        _clock.Now += Expiry;
        (await journal.RunOnceAsync(Key, Expiry, Act)).ShouldBe(new Job("job-2"));
        (await journal.ReadAsync(Key)).ShouldNotBeNull().Attempts.ShouldBe(2);
    }

    [Fact]
    public async Task RunOnceAsync_ClaimRanOutWhileActing_TheFirstReceiptStands()
    {
        var slow = new TaskCompletionSource();
        var first = _journal.RunOnceAsync(Key, Expiry, async _ =>
        {
            await slow.Task;
            return new Job("slow");
        });
        _clock.Now += Expiry;
        (await _journal.RunOnceAsync(Key, Expiry, Act)).ShouldBe(new Job("job-1"));
        slow.SetResult();
        (await first).ShouldBe(new Job("job-1"));
    }

    [Fact]
    public async Task RunOnceAsync_ActFails_TheNextTryNeedNotWait()
    {
        await Should.ThrowAsync<InvalidOperationException>(() => _journal.RunOnceAsync<Job>(Key, Expiry, _ => throw new InvalidOperationException("no quota")));
        (await _journal.RunOnceAsync(Key, Expiry, Act)).ShouldBe(new Job("job-1"));
        (await _journal.ReadAsync(Key))!.Attempts.ShouldBe(2);
    }

    [Fact]
    public async Task RunOnceAsync_CancelledWhileActing_KeepsTheResultThatWasPaidFor()
    {
        using var stop = new CancellationTokenSource();
        await _journal.RunOnceAsync(Key, Expiry, async token =>
        {
            await stop.CancelAsync();
            token.IsCancellationRequested.ShouldBeTrue();
            return await Act(token);
        }, stop.Token);
        (await _journal.RunOnceAsync(Key, Expiry, Act)).ShouldBe(new Job("job-1"));
        _acts.ShouldBe(1);
    }

    [Fact]
    public async Task RunOnceAsync_NullResult_IsAReceiptToo()
    {
        for (var i = 0; i < 2; i++)
            (await _journal.RunOnceAsync<Job?>(Key, Expiry, _ =>
            {
                _acts++;
                return Task.FromResult<Job?>(null);
            })).ShouldBeNull();
        _acts.ShouldBe(1);
    }

    private Task<Job> Act(CancellationToken stop) => Task.FromResult(new Job($"job-{Interlocked.Increment(ref _acts)}"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunOnceAsync_ClaimOfADeadProcess_IsTakenOverAtOnceOnlyByAHostThatIsAlone(bool alone)
    {
        var disk = new PowerCutFileLayer();
        var died = new TaskCompletionSource<Job>();
        _ = new IntentJournal(MemoryStores.Open(disk), _clock, Guid.NewGuid, alone).RunOnceAsync(Key, Expiry, _ => died.Task);
        var next = new IntentJournal(MemoryStores.Open(disk), _clock, Guid.NewGuid, alone);

        if (alone) (await next.RunOnceAsync(Key, Expiry, Act)).ShouldBe(new Job("job-1"));
        else await Should.ThrowAsync<TransientException>(() => next.RunOnceAsync(Key, Expiry, Act));

        (await next.ReadAsync(Key))!.Attempts.ShouldBe(alone ? 2 : 1);
    }

    [Fact]
    public async Task RunOnceAsync_AloneOnTheStoreAndTwoAtOnce_TheSecondStillWaits()
    {
        var journal = new IntentJournal(MemoryStores.Open(new PowerCutFileLayer()), _clock, Guid.NewGuid, aloneOnStore: true);
        var working = new TaskCompletionSource<Job>();
        var first = journal.RunOnceAsync(Key, Expiry, _ => working.Task);
        await Should.ThrowAsync<TransientException>(() => journal.RunOnceAsync(Key, Expiry, Act));
        working.SetResult(new Job("job-9"));
        (await first).ShouldBe(new Job("job-9"));
        _acts.ShouldBe(0);
    }

    private IntentJournal Open(PowerCutFileLayer disk) => new(MemoryStores.Open(disk), _clock, Guid.NewGuid);
}
