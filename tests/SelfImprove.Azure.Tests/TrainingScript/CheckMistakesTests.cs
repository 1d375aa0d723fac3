using System.Text;
using SelfImprove.Testing;
using Shouldly;
using Xunit;

namespace SelfImprove.Azure.Tests.TrainingScript;

/// <summary>Every mistake is reported with line, place and what was expected, all at once, and the exit code is 2.</summary>
public sealed class CheckMistakesTests : IDisposable
{
    private const string Fine = """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}""";

    private readonly TemporaryFolder _folder = new();

    // Each is a line of one file: one run of the script tells all of them.
    public static readonly (string Row, string Where, string Says)[] Sft =
    [
        ("{\"messages\":", "row", "expected one JSON object"),
        ("[1]", "row", "expected a JSON object, found an array"),
        ("""{"messages":[]}""", "messages", "at least one message"),
        ("""{"messages":[{"role":"user","content":"a"}]}""", "messages", "the last message is the assistant's"),
        ("""{"messages":[{"role":"bot","content":"a"},{"role":"assistant","content":"b"}]}""", "messages[0].role", "expected one of system"),
        ("""{"messages":[{"role":"user"},{"role":"assistant","content":"b"}]}""", "messages[0].content", "expected a string"),
        ("""{"messages":[{"role":"user","content":7},{"role":"assistant","content":"b"}]}""", "messages[0].content", "found a number"),
        ("""{"messages":[{"role":"user","content":"a"},{"role":"assistant"}]}""", "messages[1].content", "or tool_calls"),
        ("""{"messages":[{"role":"user","content":"a","weight":1},{"role":"assistant","content":"b"}]}""", "messages[0].weight", "is not a key"),
        ("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","weight":0.5}]}""", "messages[1].weight", "expected 0"),
        ("""{"messages":[{"role":"tool","tool_call_id":"x","content":"a"},{"role":"assistant","content":"b"}]}""", "messages[0].tool_call_id", "which no message before it makes"),
        ("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]}]}""", "messages[1].tool_calls[0].function.name", "'f' is no tool of this row"),
        ("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":{}}}]}],"tools":[{"type":"function","function":{"name":"f"}}]}""", "messages[1].tool_calls[0].function.arguments", "as a string, found an object"),
        ("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"[1]"}}]}],"tools":[{"type":"function","function":{"name":"f"}}]}""", "messages[1].tool_calls[0].function.arguments", "it holds an array"),
        ("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]}],"tools":[{"type":"function","function":{"name":"f"}}]}""", "messages[1].tool_calls[1].id", "ids are unique"),
        ("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"tools":[{"type":"function","function":{"name":"two words"}}]}""", "tools[0].function.name", "1 to 64 of"),
        ("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"tools":[{"name":"f"}]}""", "tools[0]", "expected an object with type"),
        ("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"functions":[]}""", "functions", "is not a key"),
        ("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"parallel_tool_calls":"no"}""", "parallel_tool_calls", "expected true or false"),
        ("""{"messages":[{"role":"user","content":"a","content":"c"},{"role":"assistant","content":"b"}]}""", "row", "'content' is there twice"),
        ("""{"messages":[{"role":"user","content":[{"type":"audio"}]},{"role":"assistant","content":"b"}]}""", "messages[0].content[0]", "of type 'text' or 'image_url'"),
        ("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","weight":NaN}]}""", "row", "NaN is no JSON number"),
        ("""{"input":{},"preferred_output":[],"non_preferred_output":[]}""", "row", "Is --method dpo meant?"),
        ("", "row", "is blank"),
    ];

    public static readonly (string Row, string Where, string Says)[] Dpo =
    [
        (Fine, "row", "Is --method sft meant?"),
        ("""{"preferred_output":[],"non_preferred_output":[]}""", "input", "expected an object with 'messages'"),
        ("""{"input":{"messages":[{"role":"user","content":"a"}]},"preferred_output":[{"role":"assistant","content":"b"}]}""", "non_preferred_output", "at least one message"),
        ("""{"input":{"messages":[{"role":"user","content":"a"}]},"preferred_output":[{"role":"user","content":"b"}],"non_preferred_output":[{"role":"assistant","content":"c"}]}""", "preferred_output", "expected the assistant's messages"),
        ("""{"input":{"messages":[{"role":"user","content":"a"}]},"preferred_output":[{"role":"assistant","content":"b"}],"non_preferred_output":[{"role":"assistant","content":"b"}]}""", "non_preferred_output", "nothing to prefer"),
        ("""{"input":{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"x"}]},"preferred_output":[{"role":"assistant","content":"b"}],"non_preferred_output":[{"role":"assistant","content":"c"}]}""", "input.messages", "where the answer begins"),
        ("""{"input":{"messages":[{"role":"user","content":"a"}]},"preferred_completion":[],"preferred_output":[{"role":"assistant","content":"b"}],"non_preferred_output":[{"role":"assistant","content":"c"}]}""", "preferred_completion", "is not a key"),
    ];

    [Fact]
    public async Task Check_SftMistakes_AreAllReportedWithLineAndPlace() => await ReportsAllAsync("sft", Sft);

    [Fact]
    public async Task Check_DpoMistakes_AreAllReportedWithLineAndPlace() => await ReportsAllAsync("dpo", Dpo);

    [Fact]
    public async Task Check_BadImages_AreToldApart()
    {
        static string Row(string url, string role = "user") =>
            $$$"""{"messages":[{"role":"{{{role}}}","content":[{"type":"image_url","image_url":{"url":"{{{url}}}"}}]},{"role":"assistant","content":"b"}]}""";
        var jpeg = Convert.ToBase64String([0xFF, 0xD8, 0xFF, 0xE0]);
        var big = Convert.ToBase64String([0xFF, 0xD8, 0xFF, .. new byte[10 * 1024 * 1024]]);
        var result = await TrainingScript.CheckAsync("sft", Write(
            Row("https://example.com/a.png"), Row("file:///etc/passwd"), Row("data:image/png;base64,@@"), Row("data:image/png;base64," + jpeg),
            Row("data:image/gif;base64,R0lGOD"), Row("data:image/jpeg;base64," + jpeg, "system"), Row("data:image/jpeg;base64," + big)), "--vision");
        result.Code.ShouldBe(2);
        result.Mistakes.Count.ShouldBe(7);
        string[] says = ["Remote images are not fetched", "is no data URL", "is not base64", "says png, and the bytes are jpeg", "is no data URL", "from users only", "at most 10,485,760"];
        for (var i = 0; i < says.Length; i++)
        {
            result.Mistakes[i].ShouldStartWith($"{i + 1}|messages[0].content[0]");
            result.Mistakes[i].ShouldContain(says[i]);
        }
    }

    [Fact]
    public async Task Check_BytesThatAreNoUtf8_AreReportedByLine()
    {
        var path = Write(Fine);
        await File.AppendAllTextAsync(path, "{\"messages\":[{\"role\":\"user\",\"content\":\"\u00ff\"}]}\n", Encoding.Latin1);
        (await TrainingScript.CheckAsync("sft", path)).Mistakes.ShouldHaveSingleItem().ShouldStartWith("2|row|is not UTF-8");
    }

    [Fact]
    public async Task Check_EmptyFile_IsAMistake() =>
        (await TrainingScript.CheckAsync("sft", Write())).Mistakes.ShouldHaveSingleItem().ShouldContain("is empty");

    [Fact]
    public async Task Check_NothingToLearn_IsAMistake() =>
        (await TrainingScript.CheckAsync("sft", Write("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","weight":0}]}""")))
            .Mistakes.ShouldHaveSingleItem().ShouldContain("there is nothing to learn");

    [Fact]
    public async Task Check_ValidationRowThatIsTrainedOn_IsAMistake()
    {
        var other = """{"messages":[{"role":"user","content":"other"},{"role":"assistant","content":"b"}]}""";
        var result = await TrainingScript.CheckAsync("sft", Write(Fine), "--validation", Write(other, Fine.Replace("\"b\"", "\"c\"", StringComparison.Ordinal)));
        result.Mistakes.ShouldHaveSingleItem().ShouldStartWith("2|row|has an input that is also trained on");
    }

    [Fact]
    public async Task Check_ArgumentsAndData_AreReportedTogether()
    {
        var result = await TrainingScript.CheckAsync("sft", Write("{}"), "--lora-rank", "many", "--epochs", "-1", "--precision", "int8", "--learn", "--merge", "--load-in-4bit");
        result.Code.ShouldBe(2);
        string[] places = ["|arguments|", "|--lora-rank|", "|--epochs|", "|--precision|", "|--merge|", "1|messages|"];
        foreach (var place in places) result.Mistakes.ShouldContain(m => m.Contains(place, StringComparison.Ordinal), place);
        result.Errors.ShouldContain("--lora-rank: 'many' is no number; expected a whole number from 1 to 1024.");
    }

    [Fact]
    public async Task Check_MissingFile_IsNamed() =>
        (await TrainingScript.CheckAsync("sft", "/nowhere/train.jsonl")).Mistakes.ShouldHaveSingleItem().ShouldBe("|--train|there is no file /nowhere/train.jsonl.");

    [Fact]
    public async Task Check_ThousandsOfMistakes_AreCountedAndNotAllPrinted()
    {
        var result = await TrainingScript.CheckAsync("sft", Write([.. Enumerable.Repeat("{}", 3000)]));
        result.Summary.GetProperty("mistake_count").GetInt32().ShouldBe(3000);
        result.Errors.ShouldContain("and 2950 more mistakes");
    }

    // Without --check the same mistakes end it before torch is looked for.
    [Fact]
    public async Task Train_WithMistakes_EndsBeforeAnythingHeavyIsImported()
    {
        var (code, output, errors) = await TrainingScript.PythonAsync("train.py", "--method", "sft", "--model", "m", "--train", Write("{}"), "--output", _folder.Path);
        code.ShouldBe(2);
        output.ShouldBe("");
        errors.ShouldContain("messages: expected an array of at least one message");
        errors.ShouldNotContain("Traceback");
    }

    public void Dispose() => _folder.Dispose();

    private async Task ReportsAllAsync(string method, (string Row, string Where, string Says)[] cases)
    {
        var result = await TrainingScript.CheckAsync(method, Write([.. cases.Select(c => c.Row)]));
        result.Code.ShouldBe(2);
        for (var i = 0; i < cases.Length; i++)
        {
            var prefix = $"{i + 1}|{cases[i].Where}|";
            result.Mistakes.ShouldContain(m => m.StartsWith(prefix, StringComparison.Ordinal) && m.Contains(cases[i].Says, StringComparison.Ordinal), $"{prefix} {cases[i].Says}");
        }
        result.Errors.ShouldContain($":{cases.Length}: ");
    }

    private string Write(params string[] lines)
    {
        var path = Path.Combine(_folder.Path, $"{Guid.NewGuid():N}.jsonl");
        File.WriteAllLines(path, lines);
        return path;
    }
}
