using System.Text.Json;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Tools;
using SelfImprove.Models;

namespace SelfImprove.Tests.Agents.Tools;

public sealed class OutputCheckTests
{
    private static readonly TaskSettings Labels = new() { Output = TaskOutput.Label, Labels = ["alpha", "beta"] };
    private static readonly TaskSettings Tools = new()
    {
        Output = TaskOutput.Tool,
        Tools =
        [
            new ToolDefinition("pay", null, JsonElement.Parse("""
                {"type":"object","properties":{"to":{"type":"string"},"amount":{"type":"integer","minimum":1}},"required":["to","amount"],"additionalProperties":false}
                """)),
            new ToolDefinition("ping"),
        ],
    };

    [Theory]
    [InlineData("alpha", null)]
    [InlineData("Alpha", "'Alpha' is none of the agent's 2 labels.")]
    [InlineData("", "'' is none of the agent's 2 labels.")]
    public void Problem_LabelTask_WantsALabel(string text, string? problem) => OutputCheck.Problem(Labels, new AgentOutput(text)).ShouldBe(problem);

    [Fact]
    public void Problem_LongLabel_IsShownShort() =>
        OutputCheck.Problem(Labels, new AgentOutput(new string('x', 500))).ShouldBe($"'{new string('x', 60)}...' is none of the agent's 2 labels.");

    [Fact]
    public void Problem_LabelTaskWithAToolCall_IsRefused() =>
        OutputCheck.Problem(Labels, new AgentOutput("alpha", [new ToolCall("ping")])).ShouldBe("There is a tool call; the agent answers with a label.");

    [Fact]
    public void Problem_ToolTask_WantsAKnownTool()
    {
        OutputCheck.Problem(Tools, new AgentOutput(null, [new ToolCall("ping")])).ShouldBeNull();
        OutputCheck.Problem(Tools, new AgentOutput(null, [new ToolCall("buy")])).ShouldBe("'buy' is none of the agent's 2 tools.");
        OutputCheck.Problem(Tools, new AgentOutput("pay")).ShouldBe("There is no tool call; the agent answers with one.");
        OutputCheck.Problem(Tools, new AgentOutput(null, [new ToolCall("ping"), new ToolCall("buy")])).ShouldBe("'buy' is none of the agent's 2 tools.");
    }

    [Theory]
    [InlineData("""{"to":"bob","amount":3}""", null)]
    [InlineData("""{"to":"bob"}""", "$.amount is missing")]
    [InlineData("""{"to":"bob","amount":0}""", "$.amount is 0, expected at least 1")]
    [InlineData("""{"to":"bob","amount":3,"x":1}""", "$.x is not known")]
    [InlineData("[1]", "a JSON object was expected")]
    [InlineData("{", "no JSON: ")]
    [InlineData("""{"to":"bob","amount":3,"amount":9000}""", "no JSON: ")]
    public void Problem_Arguments_FitTheSchema(string arguments, string? problem)
    {
        var found = OutputCheck.Problem(Tools, new AgentOutput(null, [new ToolCall("pay", arguments)]));
        if (problem is null) found.ShouldBeNull();
        else found.ShouldNotBeNull().ShouldStartWith($"The arguments of 'pay' are wrong: {problem}");
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public void Problem_ArgumentsOfSomeDepth_AreReadToABound(int depth, bool isRead)
    {
        var arguments = string.Concat(Enumerable.Repeat("""{"a":""", depth)) + "1" + new string('}', depth);
        var problem = OutputCheck.Problem(Tools, new AgentOutput(null, [new ToolCall("ping", arguments)]));
        if (isRead) problem.ShouldBeNull();
        else problem.ShouldNotBeNull().ShouldStartWith("The arguments of 'ping' are wrong: no JSON: ");
    }

    [Fact]
    public void Problem_StudentThatOnlyChooses_NeedsNoFittingArguments()
    {
        OutputCheck.Problem(Tools, new AgentOutput(null, [new ToolCall("pay")]), checkArguments: false).ShouldBeNull();
        OutputCheck.Problem(Tools, new AgentOutput(null, [new ToolCall("pay", "1")]), checkArguments: false).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(TaskOutput.Label, true)]
    [InlineData(TaskOutput.Tool, true)]
    [InlineData(TaskOutput.Text, false)]
    public void Applies_FreeText_CannotBeChecked(TaskOutput output, bool applies) => OutputCheck.Applies(new TaskSettings { Output = output }).ShouldBe(applies);

    [Theory]
    [InlineData("words", null)]
    [InlineData("  ", "There is no text; the agent answers with text.")]
    public void Problem_TextTask_WantsSomeText(string text, string? problem) =>
        OutputCheck.Problem(new TaskSettings { Output = TaskOutput.Text }, new AgentOutput(text)).ShouldBe(problem);
}
