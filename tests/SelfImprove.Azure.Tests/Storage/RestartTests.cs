using System.Text;
using SelfImprove.Azure.Storage;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Log;
using SelfImprove.Storage;

namespace SelfImprove.Azure.Tests.Storage;

/// <summary>The service stopped and started again under two hosts that write their logs.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private readonly Azurite _azurite = Azurite.OnDisk();

    public Task InitializeAsync() => _azurite.InitializeAsync();

    public Task DisposeAsync() => _azurite.DisposeAsync();

    [Fact]
    public async Task EventLog_ServiceRestartedInTheMiddle_LosesNothingAcknowledgedAndHasNothingTwice()
    {
        const int Each = 150;
        var settings = _azurite.Settings();
        using var store = new AzureBlobStore(settings, options: Patient());
        await using var first = new EventLog(store, TimeProvider.System);
        await using var second = new EventLog(store, TimeProvider.System);
        var half = new TaskCompletionSource();
        var acknowledged = 0;

        async Task WriteAsync(EventLog log, string writer)
        {
            for (var i = 0; i < Each; i++)
            {
                await log.AppendAsync("desk", new Interaction
                {
                    Id = $"{writer}-{i:d3}", Agent = "desk", Time = TimeProvider.System.GetUtcNow(), Version = "v1", Input = [ChatMessage.User("a room")], Output = new AgentOutput("rooms"),
                });
                if (Interlocked.Increment(ref acknowledged) == Each) half.SetResult();
            }
        }
        var writing = Task.WhenAll(WriteAsync(first, "one"), WriteAsync(second, "two"));
        await half.Task;
        await _azurite.StopAsync();
        writing.IsCompleted.ShouldBeFalse();
        await _azurite.InitializeAsync();
        await writing;

        var ids = new List<string>();
        await foreach (var segment in store.ListAsync("log/desk/"))
        {
            foreach (var line in Encoding.UTF8.GetString((await store.ReadAsync(segment.Path))!.Bytes.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                ids.Add(System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("interaction").GetProperty("id").GetString()!);
        }
        ids.ShouldBe(Enumerable.Range(0, Each).SelectMany(i => new[] { $"one-{i:d3}", $"two-{i:d3}" }), ignoreOrder: true);
    }

    [Fact]
    public async Task Counter_ServiceRestartedInTheMiddle_CountsEachOnce()
    {
        const int Each = 60;
        var settings = _azurite.Settings();
        using var store = new AzureBlobStore(settings, options: Patient());
        var documents = new JsonDocuments(store);
        var half = new TaskCompletionSource();
        var done = 0;
        var counting = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
            {
                await documents.UpdateAsync<Count>("a/count", c => new Count((c?.Value ?? 0) + 1));
                if (Interlocked.Increment(ref done) == Each) half.SetResult();
            }
        })));
        await half.Task;
        await _azurite.StopAsync();
        await _azurite.InitializeAsync();
        await counting;
        (await documents.ReadAsync<Count>("a/count"))!.Value.Value.ShouldBe(2 * Each);
    }

    private static BlobStoreOptions Patient() => new() { Retry = { Delay = TimeSpan.FromMilliseconds(20), MaxDelay = TimeSpan.FromMilliseconds(60), MaxRetries = 300 } };

    private sealed record Count(int Value);
}
