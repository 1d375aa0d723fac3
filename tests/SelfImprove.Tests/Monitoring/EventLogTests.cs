using SelfImprove.Monitoring.Log;
using SelfImprove.Tests.Monitoring.Support;
using static SelfImprove.Tests.Monitoring.Support.MonitoringWorld;

namespace SelfImprove.Tests.Monitoring;

public class EventLogTests
{
    private readonly MonitoringWorld _world = new();

    private EventLog NewLog(EventLogOptions? options = null, string writer = "w900") => new(_world.Store, _world.Clock, options, writer, _world.Clock);

    private string LogText() => string.Concat(_world.Memory.Paths.Where(p => p.StartsWith("log/", StringComparison.Ordinal)).Select(_world.Memory.Text));

    [Fact]
    public async Task Append_OneEvent_IsALineInTheHoursSegment()
    {
        await _world.AppendAsync(Interaction("i1"));
        _world.Memory.Paths.ShouldBe(["log/router/2026/03/01/10/w001-000000.ndjson"]);
        LogText().ShouldStartWith("{\"interaction\":{\"id\":\"i1\"");
        LogText().ShouldEndWith("}}\n");
    }

    [Fact]
    public async Task Append_WhileAFlushIsUnderWay_SharesTheNextOne()
    {
        var gate = new TaskCompletionSource();
        var entered = new TaskCompletionSource();
        _world.Memory.BeforeAppend = _ =>
        {
            entered.TrySetResult();
            return gate.Task;
        };
        var first = _world.AppendAsync(Interaction("i0"));
        await entered.Task;
        var rest = Enumerable.Range(1, 50).Select(i => _world.AppendAsync(Interaction($"i{i}"))).ToList();
        rest.ShouldAllBe(t => !t.IsCompleted);
        gate.SetResult();
        await Task.WhenAll([first, .. rest]);
        _world.Memory.Changes.ShouldBe(2);
        LogText().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(51);
    }

    [Fact]
    public async Task Append_NextHourOrManyAppends_RollsTheSegment()
    {
        var log = NewLog(new EventLogOptions { AppendsPerSegment = 2 });
        for (var i = 0; i < 3; i++) await log.AppendAsync(Agent, Interaction($"i{i}"));
        _world.Clock.Advance(TimeSpan.FromHours(1));
        await log.AppendAsync(Agent, Interaction("i4"));
        _world.Memory.Paths.ShouldBe(["log/router/2026/03/01/10/w900-000000.ndjson", "log/router/2026/03/01/10/w900-000001.ndjson", "log/router/2026/03/01/11/w900-000002.ndjson"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Append_StoreFailsOnce_IsWrittenExactlyOnce(bool afterEffect)
    {
        await _world.AppendAsync(Interaction("i0"));
        _world.Memory.Fail = (_, change) => change == 2 ? afterEffect : null;
        await NewLog().AppendAsync(Agent, Interaction("i1"));
        LogText().Split('\n').Count(l => l.Contains("\"i1\"")).ShouldBe(1);
    }

    [Fact]
    public async Task Append_StoreKeepsFailing_ThrowsAndLaterAppendsWork()
    {
        _world.Memory.Fail = (_, _) => false;
        var log = NewLog();
        var error = await Should.ThrowAsync<EventLogWriteException>(() => log.AppendAsync(Agent, Interaction("i1")));
        error.Message.ShouldContain("router");
        _world.Memory.Fail = null;
        await log.AppendAsync(Agent, Interaction("i2"));
        LogText().ShouldContain("\"i2\"");
    }

    [Fact]
    public async Task Append_SegmentWasSealed_RollsOn()
    {
        var log = NewLog();
        await log.AppendAsync(Agent, Interaction("i1"));
        _world.Memory.AppendRaw(_world.Memory.Paths[0], "\n{\"seal\":{\"length\":1}}\n");
        await log.AppendAsync(Agent, Interaction("i2"));
        _world.Memory.Paths.Count.ShouldBe(2);
        _world.Memory.Text(_world.Memory.Paths[1]).ShouldContain("\"i2\"");
    }

    [Fact]
    public async Task Append_TornByTheStore_GoesWholeToANewSegment()
    {
        var log = NewLog();
        await log.AppendAsync(Agent, Interaction("i1"));
        var path = _world.Memory.Paths[0];
        _world.Memory.Fail = (_, change) =>
        {
            if (change != 2) return null;
            _world.Memory.AppendRaw(path, "{\"interaction\":{\"id\":\"i2");
            return false;
        };
        await log.AppendAsync(Agent, Interaction("i2"));
        await log.DisposeAsync();
        var signals = await _world.FoldAsync();
        signals.Interactions.ShouldBe(2);
    }

    [Fact]
    public async Task Append_QueueFull_IsRefusedAtOnce()
    {
        var gate = new TaskCompletionSource();
        _world.Memory.BeforeAppend = _ => gate.Task;
        var log = NewLog(new EventLogOptions { MaxWaitingBytes = 400 });
        var first = log.AppendAsync(Agent, Interaction("i1"));
        Should.Throw<EventLogFullException>(() => { _ = log.AppendAsync(Agent, Interaction("i2")); }).Message.ShouldContain("Nothing was written");
        log.Post(Agent, Interaction("i3")).ShouldBeFalse();
        log.Lost.ShouldBe(1);
        gate.SetResult();
        await first;
        await log.AppendAsync(Agent, Interaction("i4"));
    }

    [Fact]
    public async Task Post_IsFlushedAfterItsWindowOrOnDrain()
    {
        _world.Clock.Hurry = false;
        var written = new TaskCompletionSource();
        _world.Memory.BeforeAppend = _ =>
        {
            written.TrySetResult();
            return Task.CompletedTask;
        };
        var log = NewLog();
        log.Post(Agent, Interaction("i1")).ShouldBeTrue();
        _world.Memory.Paths.ShouldBeEmpty();
        _world.Clock.Advance(TimeSpan.FromMilliseconds(100));
        await written.Task;
        log.Post(Agent, Interaction("i2"));
        await log.DrainAsync();
        LogText().ShouldContain("\"i2\"");
    }

    [Fact]
    public async Task Append_ClockBehindTheWatermark_IsStillFound()
    {
        await _world.AppendAsync(Interaction("i1"));
        _world.Clock.Advance(TimeSpan.FromDays(30));
        await _world.FoldAsync();
        await _world.FoldAsync();
        _world.Clock.Set(Start.AddMinutes(5));
        _world.Restart();
        await _world.AppendAsync(Interaction("i2"));
        (await _world.FoldAsync()).Interactions.ShouldBe(2);
    }
}
