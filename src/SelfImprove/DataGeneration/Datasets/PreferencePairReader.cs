using System.Runtime.CompilerServices;
using SelfImprove.Agents.Manifests;
using SelfImprove.Models;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration.Datasets;

/// <summary>Reads files of preference pairs back.</summary>
public static class PreferencePairReader
{
    /// <summary>The pairs as a classifier sees them; pairs of one decision, and those with a decision that the task does not know, are left out.</summary>
    /// <param name="store">Where the file is.</param>
    /// <param name="path">Its path.</param>
    /// <param name="task">What the agent does.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="InvalidDataException">A line is no pair; the message names file and line.</exception>
    public static async IAsyncEnumerable<PreferenceExample> ReadExamplesAsync(
        IObjectStore store, string path, TaskSettings task, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var known = task.Decisions.ToHashSet(StringComparer.Ordinal);
        var number = 0;
        await foreach (var line in JsonLines.ReadLinesAsync(store, path, cancellationToken))
        {
            var pair = Parse(path, ++number, line);
            var (right, wrong) = (pair.Preferred.Decision, pair.NonPreferred.Decision);
            if (right == wrong || (known.Count > 0 && !(known.Contains(right) && known.Contains(wrong)))) continue;
            yield return new PreferenceExample(new ModelRequest(pair.Messages).LastUserText, right, wrong);
        }
    }

    private static PreferencePair Parse(string path, int number, string line)
    {
        try
        {
            return DpoFormat.Read(line);
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"{path}, line {number}: {e.Message}", e);
        }
    }
}
