using Microsoft.AspNetCore.Http;
using SelfImprove.Azure.Models;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using static SelfImprove.Azure.Tests.Models.FakeModelServer;

namespace SelfImprove.Azure.Tests.Models;

public sealed class EndpointFaultTests
{
    [Theory]
    [InlineData("retry-after", "17", 17.0)]
    [InlineData("retry-after-ms", "2500", 2.5)]
    [InlineData("retry-after", "Sun, 22 Nov 2026 12:00:40 GMT", 40.0)]
    [InlineData("x-ratelimit-reset-requests", "31s", 31.0)]
    public async Task Answer_TooManyRequests_WaitsAsLongAsTold(string header, string value, double seconds)
    {
        await using var world = await EndpointWorld.StartAsync();
        (string, string)[] headers = header.StartsWith('x') ? [(header, value), ("x-ratelimit-remaining-requests", "0")] : [(header, value)];
        var began = world.Clock.GetUtcNow();
        world.Server.ReplyError(429, "rate_limit_exceeded", "slow down", headers).ReplyText("fine");

        (await world.AskAsync()).Output.Text.ShouldBe("fine");

        (world.Clock.GetUtcNow() - began).TotalSeconds.ShouldBeInRange(seconds, seconds + 1.6);
        world.Server.Seen.Count.ShouldBe(2);
        world.Log.Lines.ShouldHaveSingleItem().ShouldContain("attempt 1 failed");
    }

    [Fact]
    public async Task Answer_OneQuestionIsRefused_TheOthersWaitToo()
    {
        await using var world = await EndpointWorld.StartAsync(("models:endpoints:main:limits:concurrency", "1"));
        world.Server.ReplyError(429, null, "slow down", ("retry-after", "30")).ReplyText("fine");
        var began = world.Clock.GetUtcNow();

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => world.AskAsync()));

        (world.Clock.GetUtcNow() - began).TotalSeconds.ShouldBeGreaterThanOrEqualTo(30);
        world.Server.Seen.Count.ShouldBe(6, "only the first was refused: the others were not sent in vain");
    }

    [Fact]
    public async Task Answer_AllowanceUsedUp_NextQuestionWaitsForIt()
    {
        await using var world = await EndpointWorld.StartAsync();
        world.Server.ReplyText("one", ("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", "20s"));
        await world.AskAsync();
        var after = world.Clock.GetUtcNow();

        await world.AskAsync();

        (world.Clock.GetUtcNow() - after).TotalSeconds.ShouldBeGreaterThanOrEqualTo(20);
    }

    [Fact]
    public async Task Answer_AskedToWaitBeyondTheDeadline_IsNotWaitedForInVain()
    {
        await using var world = await EndpointWorld.StartAsync();
        world.Server.ReplyError(429, null, "tomorrow", ("retry-after", "3600"));
        var began = world.Clock.GetUtcNow();

        var told = await Should.ThrowAsync<TransientException>(() => world.AskAsync());

        told.Message.ShouldContain("01:00:00");
        world.Clock.GetUtcNow().ShouldBe(began);
        world.Server.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Answer_AlwaysBusy_IsGivenUpAfterTheAttemptsAllowed()
    {
        await using var world = await EndpointWorld.StartAsync(("models:endpoints:main:limits:attempts", "4"));
        world.Server.ReplyError(503);

        (await Should.ThrowAsync<TransientException>(() => world.AskAsync())).Message.ShouldContain("4 attempts");

        world.Server.Seen.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData("<html>Welcome</html>")]
    [InlineData("{\"id\":\"x\",\"object\":\"chat.completion\",\"choi")]
    [InlineData("{}")]
    [InlineData("{\"choices\":[]}")]
    [InlineData("null")]
    public async Task Answer_Garbage_IsAskedTwiceAtMost(string garbage)
    {
        await using var world = await EndpointWorld.StartAsync();
        world.Server.Reply(c => JsonAsync(c.Response, 200, garbage));

        (await Should.ThrowAsync<TransientException>(() => world.AskAsync())).Message.ShouldContain("no chat completion");

        world.Server.Seen.Count.ShouldBe(2, "it may have been charged for");
    }

    [Fact]
    public async Task Answer_BreaksOffInTheBody_IsAskedOnceMore()
    {
        await using var world = await EndpointWorld.StartAsync();
        world.Server.Reply(async c =>
        {
            c.Response.ContentLength = 5000;
            await c.Response.WriteAsync("{\"id\":");
            await c.Response.Body.FlushAsync();
            c.Abort();
        }).ReplyText("fine");

        (await world.AskAsync()).Output.Text.ShouldBe("fine");

        world.Server.Seen.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Answer_NeverComes_IsGivenUpAtTheDeadlineOfEachAttempt()
    {
        await using var world = await EndpointWorld.StartAsync();
        world.Server.Reply(NeverAsync);
        var first = world.Server.ArrivalAsync();
        var asking = world.AskAsync();
        await first;
        var second = world.Server.ArrivalAsync();
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        await second;
        world.Clock.Advance(TimeSpan.FromMinutes(2));

        (await Should.ThrowAsync<TransientException>(() => asking)).Message.ShouldContain("did not answer within 00:02:00");

        world.Server.Seen.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Answer_CallerCancels_EndsTheCall()
    {
        await using var world = await EndpointWorld.StartAsync();
        world.Server.Reply(NeverAsync);
        using var stop = new CancellationTokenSource();
        var arrival = world.Server.ArrivalAsync();
        var asking = world.AskAsync(cancellationToken: stop.Token);
        await arrival;
        stop.Cancel();

        await Should.ThrowAsync<OperationCanceledException>(() => asking);

        world.Server.Seen.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(401, "invalid_api_key", "main-key")]
    [InlineData(403, null, "Cognitive Services OpenAI User")]
    [InlineData(404, "DeploymentNotFound", "Is 'm' deployed there")]
    [InlineData(429, "insufficient_quota", "quota is used up")]
    [InlineData(302, null, "Redirects are not followed")]
    public async Task Answer_SetUpWrong_IsNotRepeatedAndSaysWhatToDo(int status, string? code, string remedy)
    {
        await using var world = await EndpointWorld.StartAsync();
        world.Server.ReplyError(status, code, "no", ("location", "http://elsewhere.example/v1/"));

        (await Should.ThrowAsync<UnusableModelException>(() => world.AskAsync())).Message.ShouldSatisfyAllConditions(m => m.ShouldContain(remedy), m => m.ShouldContain("'main'"));

        world.Server.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Answer_QuestionIsBad_IsTheQuestionsFault()
    {
        await using var world = await EndpointWorld.StartAsync();
        world.Server.ReplyError(400, "context_length_exceeded", "This model's maximum context length is 8192 tokens.");

        (await Should.ThrowAsync<ArgumentException>(() => world.AskAsync())).Message.ShouldContain("8192 tokens");

        world.Server.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Answer_NothingListens_IsTransient()
    {
        await using var world = await EndpointWorld.StartAsync(("models:endpoints:main:limits:attempts", "2"));
        await world.Server.DisposeAsync();

        (await Should.ThrowAsync<TransientException>(() => world.AskAsync())).Message.ShouldContain("can't be reached");
    }

    [Fact]
    public async Task Answer_LargerThanTakenIn_IsRefused()
    {
        await using var world = await EndpointWorld.StartAsync(("models:endpoints:main:limits:maxResponseBytes", "4096"));
        world.Server.Reply(c => JsonAsync(c.Response, 200, Completion(new string('x', 5000))));

        (await Should.ThrowAsync<ArgumentException>(() => world.AskAsync())).Message.ShouldContain("larger than the 4096 bytes");

        world.Server.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Stream_HalfOfIt_KeepsWhatCameAndIsNotAskedAgain()
    {
        await using var world = await EndpointWorld.StartAsync();
        world.Server.Reply(c => EventsAsync(c, Chunk("Hel"), Chunk("lo")));
        var pieces = new List<AnswerPiece>();

        (await Should.ThrowAsync<TransientException>(() => world.StreamAsync(pieces))).Message.ShouldContain("broke its answer off");

        string.Concat(pieces.Select(p => p.Text)).ShouldBe("Hello");
        pieces.ShouldAllBe(p => p.End == null);
        world.Server.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Stream_FailsBeforeTheFirstPiece_IsAskedAgain()
    {
        await using var world = await EndpointWorld.StartAsync();
        world.Server.ReplyError(429, null, "slow down", ("retry-after", "1")).Reply(c => EventsAsync(c, Chunk("Hello"), Chunk(null, "stop"), "data: [DONE]\n\n"));

        (await world.StreamAsync())[^1].End!.Finish.ShouldBe(FinishReason.Stop);
    }

    [Fact]
    public async Task Stream_GarbageWithin_IsTransient()
    {
        await using var world = await EndpointWorld.StartAsync();
        world.Server.Reply(c => EventsAsync(c, Chunk("Hel"), "data: {broken\n\n"));

        await Should.ThrowAsync<TransientException>(() => world.StreamAsync());
    }

    [Fact]
    public async Task Stream_FallsSilent_IsGivenUpAfterTheIdleTime()
    {
        await using var world = await EndpointWorld.StartAsync();
        world.Server.Reply(async c =>
        {
            await EventsAsync(c, Chunk("Hel"));
            await NeverAsync(c);
        });
        var pieces = (await world.OpenAsync()).StreamAsync(new ModelRequest([ChatMessage.User("hello")])).GetAsyncEnumerator();
        (await pieces.MoveNextAsync()).ShouldBeTrue();
        var next = pieces.MoveNextAsync().AsTask();
        world.Clock.Advance(TimeSpan.FromMinutes(1));

        (await Should.ThrowAsync<TransientException>(() => next)).Message.ShouldContain("00:01:00");
        await pieces.DisposeAsync();
    }

    [Fact]
    public async Task Stream_CallerBreaksOff_FreesThePlace()
    {
        await using var world = await EndpointWorld.StartAsync(("models:endpoints:main:limits:maxConcurrency", "1"), ("models:endpoints:main:limits:concurrency", "1"));
        world.Server.Reply(async c =>
        {
            await EventsAsync(c, Chunk("Hel"));
            await NeverAsync(c);
        }).ReplyText("fine");
        await foreach (var _ in (await world.OpenAsync()).StreamAsync(new ModelRequest([ChatMessage.User("hello")]))) break;

        (await world.AskAsync()).Output.Text.ShouldBe("fine");
    }
}
