using SelfImprove.Agents.Manifests;
using SelfImprove.Evaluation.Evaluators;
using SelfImprove.Models;
using SelfImprove.Tests.Agents;

namespace SelfImprove.Tests.Evaluation.Evaluators;

public class AnswerEvaluatorsTests
{
    [Theory]
    [InlineData("""{"city":"Rome","n":2}""", """{"n":2.0,"city":"Rome"}""", 1)]
    [InlineData("""{"city":"Rome"}""", """{"city":"rome"}""", 0)]
    [InlineData("""{"n":2}""", """{"n":"2"}""", 0)]
    [InlineData("""{"a":[1,2]}""", """{"a":[2,1]}""", 0)]
    [InlineData("{}", "", 1)]
    [InlineData("{}", "no json", 0)]
    public void ToolCall_Arguments_AreComparedAsJsonValues(string expected, string actual, double score) =>
        new ToolCallEvaluator().Score(Call("book", expected), Call("book", actual)).ShouldBe(score);

    [Fact]
    public void ToolCall_SeveralCalls_OrderDoesNotCountButNumberDoes()
    {
        var (a, b) = (new ToolCall("a"), new ToolCall("b"));
        var evaluator = new ToolCallEvaluator();

        evaluator.Score(new AgentOutput(ToolCalls: [a, b]), new AgentOutput(ToolCalls: [b, a])).ShouldBe(1);
        evaluator.Score(new AgentOutput(ToolCalls: [a, b]), new AgentOutput(ToolCalls: [a, a])).ShouldBe(0);
        evaluator.Score(new AgentOutput(ToolCalls: [a]), new AgentOutput(ToolCalls: [a, a])).ShouldBe(0);
    }

    [Theory]
    [InlineData("the cat sat", "The cat sat.", 1)]
    [InlineData("a b c d", "a b x y", 0.5)]
    [InlineData("a a b", "a b b", 2 / 3.0)]
    [InlineData("", "", 1)]
    [InlineData("a", "", 0)]
    public void TokenF1_KnownPairs_MatchHandComputation(string expected, string actual, double score) => WordOverlap.TokenF1(expected, actual).ShouldBe(score, 1e-12);

    [Theory]
    [InlineData("police killed the gunman", "police kill the gunman", 0.75)] // Lin 2004, section 3.1
    [InlineData("police killed the gunman", "the gunman kill police", 0.5)]
    [InlineData("a b", "b a", 0.5)]
    public void RougeL_KnownPairs_MatchThePaper(string expected, string actual, double score) => WordOverlap.RougeL(expected, actual).ShouldBe(score, 1e-12);

    [Fact]
    public void Of_UnknownName_SaysWhichThereAre() =>
        Should.Throw<ArgumentException>(() => AnswerEvaluators.Of(Some.Manifest() with { Evaluation = new EvaluationSettings { Evaluator = "bleu" } }))
            .Message.ShouldContain("decision, toolCall, tokenF1, rougeL, schema");

    private static AgentOutput Call(string tool, string arguments) => new(ToolCalls: [new ToolCall(tool, arguments)]);
}
