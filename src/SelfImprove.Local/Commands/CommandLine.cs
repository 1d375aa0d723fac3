using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using SelfImprove.Local.Demo;

namespace SelfImprove.Local.Commands;

/// <summary>The command line.</summary>
public static class CommandLine
{
    /// <summary>How long a host may take to answer what is under way and to drain its log after Ctrl+C.</summary>
    private static readonly TimeSpan Graceful = TimeSpan.FromSeconds(20);

    /// <summary>All commands.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand("""
            Keeps deployed agents good at their job: serves them, watches what users say, and improves them when it pays.

            Examples:
              selfimprove demo                                     one complete improvement of a sample agent, in under a minute
              selfimprove lab                                      what a policy would do, over many seeds, before you trust it
              selfimprove agents put router.yaml                   register an agent by its manifest
              selfimprove versions add router --data labelled.csv  train its first version
              selfimprove serve                                    gateway and API on http://localhost:5080
              selfimprove status                                   what the agents are doing

            Commands find a running 'serve' of the same folder and call it; otherwise they work on the folder themselves.
            Exit codes: 0 done, 1 failed, 2 wrong command line.
            """)
        {
            DemoCommand.Create(),
            LabCommand.Create(),
            ServeCommand.Create(),
            StatusCommand.Create(),
            AgentsCommand.Create(),
            VersionsCommand.Create(),
            GoldenCommand.Create(),
            ImproveCommand.Create(),
            ApprovalCommands.Approve(),
            ApprovalCommands.Reject(),
            CancelCommand.Create(),
            InboxCommand.Create(),
            RollbackCommand.Create(),
            AuditCommand.Create(),
            CalibrateCommand.Create(),
            KeysCommand.Create(),
        };
        root.Options.Add(SharedOptions.Folder);
        root.Options.Add(SharedOptions.Store);
        root.Options.Add(SharedOptions.Json);
        root.Options.Add(SharedOptions.Key);
        root.Options.Add(SharedOptions.By);
        return root;
    }

    /// <summary>Runs a command line.</summary>
    /// <param name="args">What was typed.</param>
    /// <param name="output">Where output goes; standard output where null.</param>
    /// <param name="error">Where errors go; standard error where null.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter? output = null, TextWriter? error = null, CancellationToken cancellationToken = default)
    {
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = Graceful, Output = output ?? Console.Out, Error = error ?? Console.Error };
        var parsed = Create().Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            var name = parsed.CommandResult.Command is RootCommand ? "selfimprove" : $"selfimprove {Path(parsed)}";
            var wrong = parsed.UnmatchedTokens is [var unknown, ..] ? $"'{unknown}' is not known here." : parsed.Errors[0].Message;
            await configuration.Error.WriteLineAsync($"{wrong} See '{name} --help'.");
            return ExitCodes.WrongUsage;
        }
        try
        {
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (CommandException wrong)
        {
            await configuration.Error.WriteLineAsync(wrong.Message);
            return wrong.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await configuration.Error.WriteLineAsync("Interrupted. What was under way goes on at the next start.");
            return ExitCodes.Failure;
        }
    }

    private static string Path(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (var at = parsed.CommandResult; at is not null && at.Command is not RootCommand; at = at.Parent as System.CommandLine.Parsing.CommandResult)
            names.Push(at.Command.Name);
        return string.Join(' ', names);
    }
}
