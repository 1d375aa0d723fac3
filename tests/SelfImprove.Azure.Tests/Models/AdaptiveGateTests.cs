using SelfImprove.Azure.Models;
using SelfImprove.Durable;

namespace SelfImprove.Azure.Tests.Models;

public sealed class AdaptiveGateTests
{
    private readonly VirtualClock _clock = new();

    private AdaptiveGate Gate(int first, int most = 64) => new(new EndpointLimits { Concurrency = first, MaxConcurrency = most }, _clock);

    private static async Task<List<AdaptiveGate.Place>> EnterAsync(AdaptiveGate gate, int count)
    {
        var places = new List<AdaptiveGate.Place>();
        for (var i = 0; i < count; i++) places.Add(await gate.EnterAsync(CancellationToken.None));
        return places;
    }

    [Fact]
    public async Task Enter_Full_WaitsInOrder()
    {
        var gate = Gate(1);
        var place = await gate.EnterAsync(CancellationToken.None);
        var (second, third) = (gate.EnterAsync(CancellationToken.None), gate.EnterAsync(CancellationToken.None));
        second.IsCompleted.ShouldBeFalse();

        place.Dispose();
        place.Dispose();

        var next = await second;
        third.IsCompleted.ShouldBeFalse("a place left twice is one place");
        next.Dispose();
        (await third).Dispose();
    }

    [Fact]
    public async Task Refused_AllAtOnce_HalvesOnce()
    {
        var gate = Gate(16);

        foreach (var place in await EnterAsync(gate, 16))
        {
            place.Refused();
            place.Dispose();
        }

        gate.Limit.ShouldBe(8);
    }

    [Fact]
    public async Task Refused_AgainAndAgain_LeavesOne()
    {
        var gate = Gate(16);

        for (var i = 0; i < 10; i++)
        {
            var place = await gate.EnterAsync(CancellationToken.None);
            place.Refused();
            place.Dispose();
        }

        gate.Limit.ShouldBe(1);
    }

    [Fact]
    public async Task Answered_WhileFull_WidensUpToTheMost()
    {
        var gate = Gate(2, most: 4);

        for (var i = 0; i < 30; i++)
        {
            foreach (var place in await EnterAsync(gate, gate.Limit))
            {
                place.Answered();
                place.Dispose();
            }
        }

        gate.Limit.ShouldBe(4);
    }

    [Fact]
    public async Task Answered_WithPlacesFree_StaysAsItIs()
    {
        var gate = Gate(8);

        for (var i = 0; i < 100; i++)
        {
            var place = await gate.EnterAsync(CancellationToken.None);
            place.Answered();
            place.Dispose();
        }

        gate.Limit.ShouldBe(8);
    }

    [Fact]
    public async Task Close_ForAWhile_OpensThen()
    {
        var gate = Gate(4);
        gate.Close(TimeSpan.FromSeconds(30));
        gate.Close(TimeSpan.FromSeconds(10));
        var waiting = gate.EnterAsync(CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(29));
        waiting.IsCompleted.ShouldBeFalse();

        _clock.Advance(TimeSpan.FromSeconds(1));

        (await waiting).Dispose();
    }

    [Fact]
    public async Task Enter_Cancelled_LeavesTheQueue()
    {
        var gate = Gate(1);
        var place = await gate.EnterAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var (impatient, patient) = (gate.EnterAsync(stop.Token), gate.EnterAsync(CancellationToken.None));
        stop.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => impatient);

        place.Dispose();

        (await patient).Dispose();
    }
}
