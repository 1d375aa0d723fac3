using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Azure.Tests.Models;
using SelfImprove.Models;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Azure.Tests.Faults;

/// <summary>
/// Whole runs whose teacher is a model behind an endpoint that goes wrong for good after a few answers: the run ends by itself and says why, the champion serves all
/// along, and no question is paid twice, however often it is asked.
/// </summary>
public sealed class TeacherFaultRunTests(DriftedWorld origin) : IClassFixture<DriftedWorld>
{
    private const decimal Price = 0.004m;

    [Theory]
    [InlineData("answers 429")]
    [InlineData("answers 500")]
    [InlineData("answers garbage")]
    [InlineData("breaks off")]
    [InlineData("refuses")]
    [InlineData("never answers")]
    public async Task Run_TeacherFails_ChampionServesAndNothingIsPaidTwice(string fault)
    {
        // One that never answers lets a deadline pass for all who ask at that moment: there nobody is answered.
        var good = fault == "never answers" ? 0 : 10;
        await using var endpoint = await EndpointWorld.StartAsync(("models:endpoints:main:limits:attempts", "1"));
        var (arrived, answered) = (0, new ConcurrentBag<string>());
        endpoint.Server.Reply(http =>
        {
            if (Interlocked.Increment(ref arrived) > good) return FailAsync(http, fault, endpoint);
            answered.Add(QuestionOf(http));
            return FakeModelServer.JsonAsync(http.Response, 200, FakeModelServer.Completion(SmallClass));
        });
        await using var world = await origin.ForkAsync(
            m => m with { Teachers = [m.Teachers[0] with { Model = "openai:main/teacher", Price = Price }, m.Teachers[1] with { Price = 5 }], Planning = m.Planning with { MaxRounds = 2 } },
            services => services.AddSingleton<IModelSource>(endpoint.Services.GetServices<IModelSource>().Single(s => s.Scheme == "openai")), fault.Replace(' ', '-'));

        var before = world.Answers.Count;
        var outcome = await world.EndAsync();
        (await world.ServeAsync(20, world.AnyClass)).ShouldBe(0, "nobody is refused");

        outcome.Ending.ShouldNotBe(ImprovementEnding.Promoted, outcome.Reason);
        outcome.Reason.ShouldNotBeNullOrWhiteSpace();
        (await world.RoutingAsync()).Champion.ShouldBe("v1");
        world.Answers.Skip(before).ShouldAllBe(a => a.Version == "v1");
        arrived.ShouldBeGreaterThan(good, "the fault was met");
        answered.Count.ShouldBe(good);
        answered.ShouldBeUnique("what was answered is not asked again");
        var paid = (await world.SpendAsync()).Where(e => e.What.Contains("strong", StringComparison.Ordinal)).Sum(e => e.Usd);
        // The run gets no further than its pilot. Each of its questions is booked once, however often it has to be asked.
        paid.ShouldBeInRange(Price * good, Price * SamplePilot.Size, $"{fault}: {outcome}");
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    private static string SmallClass => new SmallTask(10, 7).Classes[0];

    private static Task FailAsync(HttpContext http, string fault, EndpointWorld endpoint)
    {
        switch (fault)
        {
            case "answers 429": return FakeModelServer.JsonAsync(http.Response, 429, """{"error":{"message":"Rate limit reached","code":"rate_limit_exceeded"}}""");
            case "answers 500": return FakeModelServer.JsonAsync(http.Response, 500, """{"error":{"message":"An internal error occurred"}}""");
            case "answers garbage": return FakeModelServer.JsonAsync(http.Response, 200, "<html>It works!</html>");
            case "refuses": return FakeModelServer.JsonAsync(http.Response, 200, FakeModelServer.Completion(null, refusal: "I can't help with that."));
            case "breaks off": return BreakOffAsync(http);
            default:
                endpoint.Clock.Advance(TimeSpan.FromHours(1));
                return FakeModelServer.NeverAsync(http);
        }
    }

    private static async Task BreakOffAsync(HttpContext http)
    {
        var whole = Encoding.UTF8.GetBytes(FakeModelServer.Completion("acc"));
        (http.Response.ContentType, http.Response.ContentLength) = ("application/json", whole.Length);
        await http.Response.Body.WriteAsync(whole.AsMemory(0, whole.Length / 2));
        await http.Response.Body.FlushAsync();
        http.Abort();
    }

    private static string QuestionOf(HttpContext http) => Question((string)http.Items["body"]!);

    // The mark around quoted data differs from call to call; the words do not.
    private static string Question(string body)
    {
        var text = JsonNode.Parse(body)!["messages"]!.AsArray()[^1]!["content"]!.ToString();
        return System.Text.RegularExpressions.Regex.Replace(text, "data-[A-Za-z0-9]+", "data");
    }
}
