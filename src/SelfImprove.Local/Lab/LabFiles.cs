using SelfImprove.Local.Commands;

namespace SelfImprove.Local.Lab;

/// <summary>The folder with what the laboratory found. A file is there whole or not at all.</summary>
internal static class LabFiles
{
    /// <summary>Makes the folder, before hours of work turn out to have nowhere to go.</summary>
    /// <exception cref="CommandException">It can't be made or written to.</exception>
    public static void Prepare(string folder) => Guarded(folder, () =>
    {
        Directory.CreateDirectory(folder);
        var probe = Path.Combine(folder, $".{Guid.NewGuid():n}");
        File.WriteAllText(probe, "");
        File.Delete(probe);
    });

    /// <summary>Writes the tables and a page with plots for each scenario.</summary>
    /// <exception cref="CommandException">They can't be written.</exception>
    public static void Write(LabReport report, string folder) => Guarded(folder, () =>
    {
        Whole(Path.Combine(folder, LabCsv.BucketsFile), file => LabCsv.WriteBuckets(report.Results, file));
        Whole(Path.Combine(folder, LabCsv.RunsFile), file => LabCsv.WriteRuns(report.Results, file));
        foreach (var scenario in report.Options.Scenarios)
            Whole(Path.Combine(folder, LabCsv.Name(scenario) + ".html"), file => file.Write(LabPlot.Draw(report, scenario)));
    });

    private static void Whole(string path, Action<TextWriter> write)
    {
        var part = path + ".part";
        try
        {
            using (var file = new StreamWriter(part)) write(file);
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }

    private static void Guarded(string folder, Action work)
    {
        try
        {
            work();
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException($"The tables can't be written to --out {folder}: {wrong.Message}");
        }
    }
}
