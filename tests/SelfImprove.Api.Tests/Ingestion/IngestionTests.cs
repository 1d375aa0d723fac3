using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using SelfImprove.Api.Tests.Hosting;

namespace SelfImprove.Api.Tests.Ingestion;

public sealed class IngestionTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task Interactions_One_IsStoredBeforeTheAnswer()
    {
        using var response = await PostAsync("interactions", Interaction("a1"));

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var body = await ApiHost.JsonAsync(response);
        body.GetProperty("accepted").GetInt32().ShouldBe(1);
        body.GetProperty("events")[0].GetProperty("status").GetString().ShouldBe("accepted");
        // Not drained by anybody: the acknowledgement alone says that it is there.
        Directory.EnumerateFiles(host.Folder, "*.ndjson", SearchOption.AllDirectories).Any(f => Read(f).Contains("\"a1\"", StringComparison.Ordinal)).ShouldBeTrue();
    }

    [Fact]
    public async Task Interactions_SameAgain_IsADuplicate_OtherContentAConflict()
    {
        using var first = await PostAsync("interactions", Interaction("a2"));
        using var again = await PostAsync("interactions", Interaction("a2"));
        using var other = await PostAsync("interactions", Interaction("a2", "something else"));

        again.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await ApiHost.JsonAsync(again)).GetProperty("duplicates").GetInt32().ShouldBe(1);
        other.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await ApiHost.JsonAsync(other)).GetProperty("type").GetString().ShouldBe("urn:selfimprove:problem:event-conflict");
    }

    [Fact]
    public async Task Feedback_Batch_RejectsTheWrongOnesAloneByIndex()
    {
        const string body = """[{"id":"f1","interaction":"a1","metric":"helpful","value":true},{"id":"f2","interaction":"a1","metric":"speed","value":1},{"id":"bad id"},7]""";
        using var response = await PostAsync("feedback", body);

        response.StatusCode.ShouldBe(HttpStatusCode.MultiStatus);
        var answer = await ApiHost.JsonAsync(response);
        (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("rejected").GetInt32()).ShouldBe((1, 3));
        answer.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("status").GetString()).ShouldBe(["accepted", "rejected", "rejected", "rejected"]);
        answer.GetProperty("events")[1].GetProperty("reason").GetString().ShouldBe("unknown-metric");
    }

    [Fact]
    public async Task Events_Ndjson_TakesBothKinds()
    {
        var body = $"{{\"interaction\":{Interaction("a3")}}}\n\n{{\"feedback\":{{\"id\":\"f3\",\"interaction\":\"a3\",\"metric\":\"helpful\",\"value\":false}}}}\n";
        using var response = await PostAsync("events", body, "application/x-ndjson");

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await ApiHost.JsonAsync(response)).GetProperty("accepted").GetInt32().ShouldBe(2);
        (await host.RecordsAsync("desk")).Single(r => r.Interaction.Id == "a3").Reward.ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"id":"n1","interaction":"a1","metric":"helpful","value":NaN}""")]
    [InlineData("""{"id":"n1","interaction":"a1","metric":"helpful","value":"yes"}""")]
    [InlineData("""{"id":"n1","interaction":"a1","metric":"helpful","value":7}""")]
    [InlineData("""{"id":7}""")]
    [InlineData("""{"id":"n1","id":"n2","interaction":"a1","metric":"helpful","value":1}""")]
    [InlineData("""{"id":"n1","agent":"other","interaction":"a1","metric":"helpful","value":1}""")]
    [InlineData("""{"id":""")]
    [InlineData("\"text\"")]
    public async Task Feedback_OneWrong_Gives400WithTheReason(string body)
    {
        using var response = await PostAsync("feedback", body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = await ApiHost.JsonAsync(response);
        problem.GetProperty("type").GetString().ShouldBe("urn:selfimprove:problem:event-rejected");
        problem.GetProperty("status").GetInt32().ShouldBe(400);
        problem.GetProperty("events")[0].GetProperty("reason").GetString().ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1,")]
    public async Task Feedback_NoBody_Gives400(string body)
    {
        using var response = await PostAsync("feedback", body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ApiHost.JsonAsync(response)).GetProperty("type").GetString().ShouldBe("urn:selfimprove:problem:malformed-body");
    }

    [Fact]
    public async Task Interactions_DeepJson_IsRejected()
    {
        using var response = await PostAsync("interactions", $$"""{"id":"d1","x":{{new string('[', 60)}}{{new string(']', 60)}}}""");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Interactions_UnknownAgent_Gives404()
    {
        using var response = await host.PostAsync("api/agents/nobody/interactions", Interaction("u1"));

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ApiHost.JsonAsync(response)).GetProperty("type").GetString().ShouldBe("urn:selfimprove:problem:unknown-agent");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("")]
    public async Task Interactions_NoJsonType_Gives415(string type)
    {
        using var response = await PostAsync("interactions", Interaction("t1"), type);

        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await ApiHost.JsonAsync(response)).GetProperty("type").GetString().ShouldBe("urn:selfimprove:problem:unsupported-media-type");
    }

    [Fact]
    public async Task Interactions_Compressed_Gives415()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(Interaction("z1")));
        using var content = new ByteArrayContent(packed.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json"), ContentEncoding = { "gzip" } } };

        using var response = await host.Http.PostAsync("api/agents/desk/interactions", content);

        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Interactions_BodyOver8MiB_Gives413_ChunkedToo()
    {
        var bytes = new byte[(8 * 1024 * 1024) + 1];
        bytes.AsSpan().Fill((byte)' ');
        using var whole = await host.Http.PostAsync("api/agents/desk/interactions", new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } });
        using var message = new HttpRequestMessage(HttpMethod.Post, "api/agents/desk/interactions") { Content = new StreamContent(new MemoryStream(bytes)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
        message.Headers.TransferEncodingChunked = true;
        using var chunked = await host.Http.SendAsync(message);

        whole.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        chunked.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await ApiHost.JsonAsync(chunked)).GetProperty("type").GetString().ShouldBe("urn:selfimprove:problem:too-large");
    }

    [Fact]
    public async Task Interactions_ChunkedInManyPieces_IsTakenWhole()
    {
        var body = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Range(0, 3_000).Select(i => Interaction($"big-{i}")))}]");
        using var message = new HttpRequestMessage(HttpMethod.Post, "api/agents/desk/interactions") { Content = new StreamContent(new MemoryStream(body), 1_000) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
        message.Headers.TransferEncodingChunked = true;

        using var response = await host.Http.SendAsync(message);

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await ApiHost.JsonAsync(response)).GetProperty("accepted").GetInt32().ShouldBe(3_000);
    }

    private static string Interaction(string id, string text = "book a room") =>
        $$$"""{"id":"{{{id}}}","version":"v1","key":"ann","input":[{"role":"user","content":"{{{text}}}"}],"output":{"text":"rooms"}}""";

    private static string Read(string path)
    {
        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return file.ReadToEnd();
    }

    private Task<HttpResponseMessage> PostAsync(string what, string body, string type = "application/json") => host.PostAsync($"api/agents/desk/{what}", body, type);
}
