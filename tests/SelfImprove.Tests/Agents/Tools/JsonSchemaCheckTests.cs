using System.Text.Json;
using SelfImprove.Agents.Tools;

namespace SelfImprove.Tests.Agents.Tools;

public sealed class JsonSchemaCheckTests
{
    [Theory]
    [InlineData("""{"city":"Oslo","nights":2}""", null)]
    [InlineData("""{"city":"Oslo","nights":2.0,"class":"eco"}""", null)]
    [InlineData("""{"nights":2}""", "$.city is missing")]
    [InlineData("""{"city":3}""", "$.city is number, expected string")]
    [InlineData("""{"city":"Oslo","nights":0}""", "$.nights is 0, expected at least 1")]
    [InlineData("""{"city":"Oslo","nights":"2"}""", "$.nights is string, expected integer")]
    [InlineData("""{"city":"Oslo","nights":1.5}""", "$.nights is number, expected integer")]
    [InlineData("""{"city":"Oslo","class":"royal"}""", "$.class is \"royal\", expected one of [\"eco\",\"business\"]")]
    [InlineData("""{"city":"Oslo","guests":["a",1]}""", "$.guests[1] is number, expected string")]
    [InlineData("""{"city":"Oslo","x":1}""", "$.x is not known")]
    [InlineData("[]", "$ is array, expected object")]
    public void Problem_Value_NamesTheFirstMistake(string value, string? problem) => Problem("""
        {"type":"object","required":["city"],"additionalProperties":false,"properties":{"city":{"type":"string"},"nights":{"type":"integer","minimum":1},
         "class":{"enum":["eco","business"]},"guests":{"type":"array","items":{"type":"string"}}}}
        """, value).ShouldBe(problem);

    [Theory]
    [InlineData("""{"type":["string","null"]}""", "null", null)]
    [InlineData("""{"type":["string","null"]}""", "1", "$ is number, expected string or null")]
    [InlineData("""{"const":{"a":1}}""", """{"a":2}""", """$ is {"a":2}, expected {"a":1}""")]
    [InlineData("""{"maximum":3}""", "3.5", "$ is 3.5, expected at most 3")]
    [InlineData("""{"minItems":2}""", "[1]", "$ has 1 items, expected at least 2")]
    [InlineData("""{"maxItems":1}""", "[1,2]", "$ has 2 items, expected at most 1")]
    [InlineData("""{"additionalProperties":{"type":"number"}}""", """{"a":true}""", "$.a is a boolean, expected number")]
    [InlineData("""{"properties":{"a":false}}""", """{"a":1}""", "$.a is not allowed")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"null"}]}""", "1", "$ fits none of anyOf")]
    [InlineData("""{"oneOf":[{"minimum":1},{"minimum":2}]}""", "3", "$ fits 2 of oneOf, expected exactly one")]
    [InlineData("""{"allOf":[{"minimum":1},{"maximum":2}]}""", "3", "$ is 3, expected at most 2")]
    public void Problem_Keyword_IsChecked(string schema, string value, string? problem) => Problem(schema, value).ShouldBe(problem);

    [Theory]
    [InlineData("""{"minLength":3}""", "\"ab\"", "$ has 2 characters, expected at least 3")]
    [InlineData("""{"maxLength":2}""", "\"\U0001F600\U0001F600\"", null)]
    [InlineData("""{"pattern":"^[A-Z]{2}$"}""", "\"no\"", "$ does not match \"^[A-Z]{2}$\"")]
    [InlineData("""{"pattern":"^(a+)+$"}""", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"", "$ does not match \"^(a+)+$\"")]
    public void Problem_Text_IsMeasuredInCharactersAndMatchedInLinearTime(string schema, string value, string? problem) => Problem(schema, value).ShouldBe(problem);

    [Theory]
    [InlineData("""{"type":7,"enum":"a","required":"b","properties":[],"allOf":{},"anyOf":1,"oneOf":null,"additionalProperties":0}""")]
    [InlineData("""{"required":[1,null],"type":[2]}""")]
    public void Problem_KeywordOfAnotherForm_IsAnAnnotation(string schema) => Problem(schema, """{"a":1}""").ShouldBeNull();

    [Theory]
    [InlineData("""{"pattern":"("}""")]
    [InlineData("""{"pattern":"(?=b)"}""")]
    [InlineData("""{"pattern":5}""")]
    public void Problem_PatternThatCannotBeMatched_IsAnAnnotation(string schema) => Problem(schema, "\"a\"").ShouldBeNull();

    [Fact]
    public void Problem_LongValue_IsShownShort() =>
        Problem("""{"const":1}""", $"\"{new string('x', 500)}\"").ShouldBe($"$ is \"{new string('x', 79)}..., expected 1");

    private static string? Problem(string schema, string value)
    {
        using var rules = JsonDocument.Parse(schema);
        using var document = JsonDocument.Parse(value);
        return JsonSchemaCheck.Problem(rules.RootElement, document.RootElement);
    }
}
