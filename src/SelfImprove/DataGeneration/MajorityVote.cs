using SelfImprove.DataGeneration.Texts;
using SelfImprove.Models;

namespace SelfImprove.DataGeneration;

/// <summary>Which of several outputs most voices gave.</summary>
public static class MajorityVote
{
    /// <summary>The output with more voices than any other; null on a tie, or where there is none.</summary>
    public static AgentOutput? Winner(IEnumerable<AgentOutput> voices)
    {
        var counted = voices.GroupBy(OutputKey.Of, StringComparer.Ordinal).OrderByDescending(g => g.Count()).Take(2).ToList();
        return counted.Count == 0 || (counted.Count == 2 && counted[0].Count() == counted[1].Count()) ? null : counted[0].First();
    }
}
