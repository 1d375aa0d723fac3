using System.Net;
using SelfImprove.Api.Tests.Hosting;

namespace SelfImprove.Api.Tests.Gateway;

public sealed class GatewayTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Ask = """{"model":"desk","messages":[{"role":"user","content":"book a room for the meeting"}],"user":"ann"}""";

    [Fact]
    public async Task Complete_KnownAgent_AnswersAsOpenAiAndRecordsTheInteraction()
    {
        using var response = await host.PostAsync("v1/chat/completions", Ask, headers: [("x-interaction-id", "i-1")]);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("x-selfimprove-version").ShouldBe(["v1"]);
        response.Headers.Contains("x-selfimprove-experiment").ShouldBeFalse();
        var body = await ApiHost.JsonAsync(response);
        body.GetProperty("id").GetString().ShouldBe("i-1");
        body.GetProperty("object").GetString().ShouldBe("chat.completion");
        body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString().ShouldBe("rooms");
        body.GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("stop");
        body.GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(0);
        var record = (await host.RecordsAsync("desk")).Single(r => r.Interaction.Id == "i-1").Interaction;
        (record.Version, record.Key, record.Output!.Text, record.Error).ShouldBe(("v1", "ann", "rooms", null));
    }
}
