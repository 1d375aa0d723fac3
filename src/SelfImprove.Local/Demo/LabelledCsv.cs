using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace SelfImprove.Local.Demo;

/// <summary>Reads labelled text from a CSV: the first two columns are text and label, the first row is a header.</summary>
public static class LabelledCsv
{
    private const int MaxRows = 500_000;
    private const int MaxField = 20_000;

    /// <summary>Reads a file.</summary>
    /// <exception cref="DemoDataException">It is missing, has other columns, or a row that can't be used; the message says which.</exception>
    public static IReadOnlyList<LabelledText> Read(string path)
    {
        if (!File.Exists(path)) throw new DemoDataException($"There is no file {path}.");
        using var file = new StreamReader(path);
        using var csv = new CsvReader(file,
            new CsvConfiguration(CultureInfo.InvariantCulture) { BadDataFound = null, MissingFieldFound = null, MaxFieldSize = MaxField });
        var rows = new List<LabelledText>();
        try
        {
            if (!csv.Read()) throw new DemoDataException($"{path} is empty. Expected a header row and rows of text,label.");
            csv.ReadHeader();
            if (csv.HeaderRecord is not { Length: >= 2 })
                throw new DemoDataException($"{path} has {csv.HeaderRecord?.Length ?? 0} column(s). Expected at least two, the first text, the second label.");
            while (csv.Read())
            {
                var (text, label) = (csv.GetField(0)?.Trim(), csv.GetField(1)?.Trim());
                if (string.IsNullOrEmpty(text)) continue;
                if (string.IsNullOrEmpty(label)) throw new DemoDataException($"{path}, row {csv.Parser.Row}: there is no label in the second column.");
                if (rows.Count == MaxRows) throw new DemoDataException($"{path} has more than {MaxRows:N0} rows; the demo takes no more.");
                rows.Add(new LabelledText(text, label));
            }
        }
        catch (CsvHelperException wrong)
        {
            throw new DemoDataException($"{path}, row {csv.Parser.Row}: {wrong.Message.Split('\n')[0].TrimEnd()} Expected CSV with a header and the columns text,label.");
        }
        return rows;
    }
}
