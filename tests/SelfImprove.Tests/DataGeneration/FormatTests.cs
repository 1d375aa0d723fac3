using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Tests.Agents;
using SelfImprove.Testing;

namespace SelfImprove.Tests.DataGeneration;

[Trait("Data", "reference")]
public sealed class FormatTests
{
    public static TheoryData<string> SftFiles => new(Directory.GetFiles(Samples(), "sft_*.jsonl").Select(f => Path.GetFileName(f)!));

    [Theory]
    [MemberData(nameof(SftFiles))]
    public void Write_WhatWasReadFromAPublishedFile_GivesTheSameJson(string file)
    {
        foreach (var line in File.ReadAllLines(Path.Combine(Samples(), file)).Where(l => l.Length > 0))
        {
            using var expected = JsonDocument.Parse(line);
            using var actual = JsonDocument.Parse(SftFormat.Write(SftFormat.Read(line)));
            JsonElement.DeepEquals(actual.RootElement, expected.RootElement).ShouldBeTrue(actual.RootElement.GetRawText());
            actual.RootElement.EnumerateObject().Select(p => p.Name).ShouldBe(expected.RootElement.EnumerateObject().Select(p => p.Name));
        }
    }

    [Fact]
    public void WriteDpo_ThePublishedPair_GivesTheSameJson()
    {
        using var expected = JsonDocument.Parse(File.ReadLines(Path.Combine(Samples(), "dpo_preference.jsonl")).First());
        var root = expected.RootElement;
        var messages = root.GetProperty("input").GetProperty("messages").EnumerateArray()
            .Select(m => new ChatMessage { Role = m.GetProperty("role").GetString()!, Content = m.GetProperty("content").GetString() }).ToList();
        AgentOutput Output(string name) => new(root.GetProperty(name)[0].GetProperty("content").GetString());

        using var actual = JsonDocument.Parse(DpoFormat.Write(new PreferencePair(messages, Output("preferred_output"), Output("non_preferred_output"), [])));

        JsonElement.DeepEquals(actual.RootElement, root).ShouldBeTrue(actual.RootElement.GetRawText());
    }

    [Fact]
    public void ReadWrite_AnyRow_RoundTrips()
    {
        var text = ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => s.Get).Where(IsUnicode);
        var calls = from name in Gen.Elements("book", "cancel_all", "a-b")
                    from value in text
                    select (IReadOnlyList<ToolCall>)[new ToolCall(name, JsonSerializer.Serialize(new { value }), "call_9")];
        var output = Gen.OneOf(text.Select(t => new AgentOutput(t)), calls.Select(c => new AgentOutput(null, c)));
        var image = Gen.Constant(new ContentPart("image_url", null, "images/a.png", "low"));
        var message = Gen.OneOf(
            text.Select(ChatMessage.User), text.Select(ChatMessage.System),
            text.Select(t => new ChatMessage { Role = "assistant", Content = t }),
            from t in text from i in image select new ChatMessage { Role = "user", Parts = [new ContentPart("text", t), i] },
            text.Select(t => new ChatMessage { Role = "tool", Content = t, ToolCallId = "call_1" }));
        var row = from messages in message.ListOf() from o in output from weight in Gen.Elements(0d, 1d) select new DatasetRow([.. messages], o, [new ToolDefinition("book", "Books")], weight);
        Prop.ForAll(Arb.From(row), r =>
        {
            var line = SftFormat.Write(r);
            line.ShouldNotContain("\n");
            var back = SftFormat.Read(line);
            JsonSerializer.Serialize(back).ShouldBe(JsonSerializer.Serialize(r));
            return SftFormat.Write(back) == line;
        }).Check(Properties.Checked);
    }

    [Theory]
    [InlineData("{}", "messages")]
    [InlineData("{\"messages\":[]}", "no messages")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", "found role 'user'")]
    [InlineData("[]", "messages")]
    [InlineData("{", "messages")]
    public void Read_NoRow_SaysWhatWasExpected(string line, string words) => Should.Throw<FormatException>(() => SftFormat.Read(line)).Message.ShouldContain(words);

    [Fact]
    public void Write_EarlierAssistantTurns_AreNotTrainedOn()
    {
        var line = SftFormat.Write(new DatasetRow([ChatMessage.User("a"), new ChatMessage { Role = "assistant", Content = "b" }, ChatMessage.User("c")], new AgentOutput("d"), []));

        line.ShouldBe("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","weight":0},{"role":"user","content":"c"},{"role":"assistant","content":"d"}]}""");
    }

    [Fact]
    public void Pairs_FromCorrectionsAndThumbs_PreferWhatUsersPrefer()
    {
        ObservedInteraction Seen(string id, string text, string label, double? reward, string? right = null) => new(
            new Interaction { Id = id, Agent = "helpdesk", Time = DateTimeOffset.UnixEpoch, Input = [ChatMessage.User(text)], Output = new AgentOutput(label) },
            right is null ? [] : [new Feedback { Id = id, Agent = "helpdesk", Time = DateTimeOffset.UnixEpoch, Metric = "demonstration", Demonstration = new AgentOutput(right), Source = new FeedbackSource(SourceKind.Human, "ada") }],
            reward);

        var pairs = PreferencePairs.From(
            [Seen("1", "to Rome", "billing", 0, "travel"), Seen("2", "a key", "access", 1), Seen("3", "A key?", "travel", 0), Seen("4", "alone", "billing", 0), Seen("5", "fine", "billing", 1, "billing")],
            Some.Manifest().Task).ToList();

        pairs.Select(p => (p.Messages[^1].Text, p.Preferred.Text, p.NonPreferred.Text)).ShouldBe([("to Rome", "travel", "billing"), ("a key", "access", "travel")]);
    }

    private static bool IsUnicode(string text)
    {
        try
        {
            return new System.Text.UTF8Encoding(false, true).GetByteCount(text) >= 0;
        }
        catch (System.Text.EncoderFallbackException)
        {
            return false;
        }
    }

    private static string Samples()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "SelfImprove.Functions.sln"))) folder = folder.Parent;
        return Path.Combine(folder.Parent!.FullName, "shared", "azure-examples", "openai", "jsonl");
    }
}
