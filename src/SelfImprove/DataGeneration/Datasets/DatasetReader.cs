using System.Runtime.CompilerServices;
using SelfImprove.Agents.Manifests;
using SelfImprove.Models;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration.Datasets;

/// <summary>Reads datasets back, row by row.</summary>
public static class DatasetReader
{
    /// <summary>The rows of a dataset.</summary>
    /// <exception cref="InvalidDataException">A line is no row; the message names file and line.</exception>
    public static async IAsyncEnumerable<DatasetRow> ReadRowsAsync(
        IObjectStore store, string path, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var number = 0;
        await foreach (var line in JsonLines.ReadLinesAsync(store, path, cancellationToken)) yield return Parse(path, ++number, line);
    }

    /// <summary>The rows as a classifier sees them; rows of weight 0, and those whose decision the task does not know, are left out.</summary>
    /// <param name="store">Where the dataset is.</param>
    /// <param name="path">Its path.</param>
    /// <param name="task">What the agent does.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="InvalidDataException">A line is no row, or there is no such dataset.</exception>
    public static async IAsyncEnumerable<DatasetExample> ReadExamplesAsync(
        IObjectStore store, string path, TaskSettings task, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var known = task.Decisions.ToHashSet(StringComparer.Ordinal);
        var rows = 0;
        await foreach (var row in ReadRowsAsync(store, path, cancellationToken))
        {
            rows++;
            var decision = row.Output.Decision;
            if (row.Weight <= 0 || (known.Count > 0 && !known.Contains(decision))) continue;
            yield return new DatasetExample(new ModelRequest(row.Messages).LastUserText, decision, row.Weight);
        }
        if (rows == 0) throw new InvalidDataException($"{path} has no rows: a dataset was expected there.");
    }

    internal static DatasetRow Parse(string path, int number, string line)
    {
        try
        {
            return SftFormat.Read(line);
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"{path}, line {number}: {e.Message}", e);
        }
    }
}
