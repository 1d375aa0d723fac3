namespace SelfImprove.Local.Samples;

/// <summary>
/// The data that ships with the product: short office requests over thirty tools, written by a grammar (the text files beside this class). Templates
/// and synonyms of the test
/// requests occur in no training request. The same seed always gives the same texts; no two are alike once case and punctuation are gone.
/// </summary>
public static class OfficeRequests
{
    /// <summary>Training requests for each tool.</summary>
    public const int TrainPerTool = 200;

    /// <summary>Test requests for each tool.</summary>
    public const int TestPerTool = 70;

    private static readonly Lazy<OfficeGrammar> s_grammar = new(OfficeGrammar.Load);

    /// <summary>The tools, in the grammar's order.</summary>
    public static IReadOnlyList<OfficeTool> Tools => s_grammar.Value.Tools;

    /// <summary>The grammar behind the texts: its templates and synonyms.</summary>
    public static OfficeGrammar Grammar => s_grammar.Value;

    /// <summary>Requests to learn from, <see cref="TrainPerTool"/> for each tool, in random order.</summary>
    public static IReadOnlyList<OfficeRequest> Train(int seed) => RequestWriter.Write(s_grammar.Value, forTest: false, TrainPerTool, seed);

    /// <summary>Requests to judge on, <see cref="TestPerTool"/> for each tool, in random order.</summary>
    public static IReadOnlyList<OfficeRequest> Test(int seed) => RequestWriter.Write(s_grammar.Value, forTest: true, TestPerTool, seed);
}
