using System.Text;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Tests.Training.Builtin;

/// <summary>Reads the public data sets that lie beside the checkout.</summary>
internal static class LabelledCsv
{
    public static IReadOnlyList<TextExample> Read(string set, string file) => Parse(File.ReadAllText(Find(set, file)));

    private static string Find(string set, string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SelfImprove.Functions.sln")))
                return Path.Combine(folder.Parent!.FullName, "shared", "data", set, file);
        }

        throw new DirectoryNotFoundException("The checkout's root was not found above " + AppContext.BaseDirectory);
    }

    private static List<TextExample> Parse(string csv)
    {
        var rows = new List<TextExample>();
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < csv.Length; i++)
        {
            var c = csv[i];
            if (quoted && c == '"' && i + 1 < csv.Length && csv[i + 1] == '"')
                field.Append(csv[++i]);
            else if (c == '"')
                quoted = !quoted;
            else if (!quoted && (c == ',' || c == '\n'))
                EndField(c == '\n');
            else if (quoted || c != '\r')
                field.Append(c);
        }

        EndField(true);
        return rows.GetRange(1, rows.Count - 1);

        void EndField(bool endRow)
        {
            fields.Add(field.ToString());
            field.Clear();
            if (!endRow)
                return;
            if (fields.Count >= 2)
                rows.Add(new TextExample(fields[0], fields[1]));
            fields.Clear();
        }
    }
}
