using System.CommandLine;
using Spectre.Console;

namespace SelfImprove.Local.Commands;

/// <summary>How commands are given something to do.</summary>
internal static class CommandActions
{
    /// <summary>Runs with a session.</summary>
    public static Command Does(this Command command, Func<CommandSession, CancellationToken, Task> action, bool mayCreate = false)
    {
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = await CommandSession.OpenAsync(parsed, mayCreate, cancellationToken);
            await action(session, cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>An argument that names something.</summary>
    public static Argument<string> Named(string name, string description) => new(name) { Description = description, HelpName = name.ToUpperInvariant() };

    /// <summary>A plain table.</summary>
    public static Table Table(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns) table.AddColumn(Markup.Escape(column));
        return table;
    }

    /// <summary>Adds a row of texts as they are.</summary>
    public static Table Row(this Table table, params string?[] cells) => table.AddRow(cells.Select(c => new Text(c ?? "")).ToArray());

    /// <summary>Writes a line of text as it is.</summary>
    public static void Say(this IAnsiConsole console, string line) => console.WriteLine(line);
}
