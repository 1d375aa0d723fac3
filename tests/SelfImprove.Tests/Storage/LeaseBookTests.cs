using SelfImprove.Storage;
using SelfImprove.Testing.Storage;

namespace SelfImprove.Tests.Storage;

public sealed class LeaseBookTests
{
    private readonly SettableClock _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly LeaseBook _leases;

    public LeaseBookTests() => _leases = new LeaseBook(MemoryStores.Open(), _clock);

    [Fact]
    public async Task TryAcquireAsync_HeldByAnother_SaysByWhom()
    {
        (await _leases.TryAcquireAsync("router", "run-1")).ShouldBe(new LeaseAnswer(true, new Lease("run-1", 1)));
        (await _leases.TryAcquireAsync("router", "run-2")).ShouldBe(new LeaseAnswer(false, new Lease("run-1", 1)));
        (await _leases.TryAcquireAsync("other", "run-2")).Held.ShouldBeTrue();
    }

    [Fact]
    public async Task TryAcquireAsync_AgainByTheSameRun_ChangesNothing()
    {
        await _leases.TryAcquireAsync("router", "run-1");
        (await _leases.TryAcquireAsync("router", "run-1")).ShouldBe(new LeaseAnswer(true, new Lease("run-1", 1)));
    }

    [Fact]
    public async Task TryAcquireAsync_ByManyAtOnce_OneHolds()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => _leases.TryAcquireAsync("router", $"run-{i}"))));
        answers.Count(a => a.Held).ShouldBe(1);
        answers.Select(a => a.Lease).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task ReleaseAsync_ThenAcquire_RaisesTheEpoch()
    {
        await _leases.TryAcquireAsync("router", "run-1");
        (await _leases.ReleaseAsync("router", "run-2")).ShouldBeFalse();
        (await _leases.ReleaseAsync("router", "run-1")).ShouldBeTrue();
        (await _leases.ReleaseAsync("router", "run-1")).ShouldBeFalse();
        (await _leases.ReadAsync("router")).ShouldBe(new Lease(null, 1));
        (await _leases.TryAcquireAsync("router", "run-2")).Lease.ShouldBe(new Lease("run-2", 2));
    }

    [Fact]
    public async Task TryAcquireAsync_Expired_IsTakenOver_AndTheOldRunFindsItLost()
    {
        await _leases.TryAcquireAsync("router", "run-1", TimeSpan.FromMinutes(5));
        _clock.Now += TimeSpan.FromMinutes(4);
        (await _leases.TryAcquireAsync("router", "run-2", TimeSpan.FromMinutes(5))).Held.ShouldBeFalse();
        (await _leases.TryAcquireAsync("router", "run-1", TimeSpan.FromMinutes(5))).Lease.Expires.ShouldBe(_clock.Now.AddMinutes(5), "asking again renews");
        _clock.Now += TimeSpan.FromMinutes(5);
        (await Should.ThrowAsync<LeaseLostException>(() => _leases.VerifyAsync("router", "run-1")))
            .Message.ShouldBe("Run run-1 does not hold the lease router: it expired at 2026-03-01 12:09:00Z. It must stop; start a new run if the improvement is still wanted.");

        (await _leases.TryAcquireAsync("router", "run-2")).Lease.ShouldBe(new Lease("run-2", 2));
        (await Should.ThrowAsync<LeaseLostException>(() => _leases.VerifyAsync("router", "run-1"))).Message.ShouldContain("run run-2 does");
    }

    [Fact]
    public async Task VerifyAsync_EveryOutcome()
    {
        (await Should.ThrowAsync<LeaseLostException>(() => _leases.VerifyAsync("router", "run-1"))).Message.ShouldContain("nobody does");
        await _leases.TryAcquireAsync("router", "run-1");
        (await _leases.VerifyAsync("router", "run-1")).Epoch.ShouldBe(1);
        await _leases.ReleaseAsync("router", "run-1");
        await Should.ThrowAsync<LeaseLostException>(() => _leases.VerifyAsync("router", "run-1"));
    }

    [Fact]
    public async Task Names_OfAgentAndGroup_NeverMeet()
    {
        LeaseBook.ForAgent("x").ShouldNotBe(LeaseBook.ForGroup("x"));
        (await _leases.TryAcquireAsync(LeaseBook.ForAgent("x"), "run-1")).Held.ShouldBeTrue();
        (await _leases.TryAcquireAsync(LeaseBook.ForGroup("x"), "run-2")).Held.ShouldBeTrue();
        await Should.ThrowAsync<ArgumentException>(() => _leases.TryAcquireAsync("../x", "run-1"));
    }
}
