using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using SelfImprove.Durable;
using SelfImprove.Local.Commands;
using SelfImprove.Local.Hosting;
using SelfImprove.Orchestration;
using SelfImprove.Storage;
using Spectre.Console;

namespace SelfImprove.Local.Demo;

/// <summary><c>selfimprove demo</c>: one complete improvement of a sample agent, for real, in under a minute.</summary>
public static class DemoCommand
{
    /// <summary>Exit code where the challenger was promoted on evidence.</summary>
    public const int Promoted = 0;

    /// <summary>Exit code of a failure.</summary>
    public const int Failed = 1;

    /// <summary>Exit code of data or arguments that can't be used.</summary>
    public const int Wrong = 2;

    /// <summary>Exit code where all went well and nothing was promoted.</summary>
    public const int NothingGained = 3;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var data = new Option<string?>("--data") { Description = "Labelled text to use instead of the shipped office requests: CSV, first two columns text,label." };
        var test = new Option<string?>("--test") { Description = "Held-out labelled text, never played; without it a fifth of --data is held out." };
        var seed = new Option<int>("--seed") { Description = "Same seed and data, same numbers (times aside).", DefaultValueFactory = _ => 1 };
        var command = new Command("demo", """
            Plays one complete improvement of a sample agent: it serves, its traffic drifts, a trigger fires, the loop plans, gathers data from
            teachers, trains, evaluates, tests the new version beside the old one on live traffic, and replaces it if that proves better.
            About 4,500 requests at most. No account, key or network needed. What an earlier demo left in the folder is emptied first.
            Exit code 0: promoted on evidence; 3: nothing could be gained.

            Examples:
              selfimprove demo
              selfimprove demo --seed 7
              selfimprove demo --store azure:UseDevelopmentStorage=true
              selfimprove demo --data train.csv --test test.csv
            """)
        { data, test, seed };
        command.SetAction((parsed, cancel) => RunAsync(
            new DemoOptions
            {
                Data = parsed.GetValue(data), Test = parsed.GetValue(test), Seed = parsed.GetValue(seed), Folder = parsed.GetValue(SharedOptions.Folder)!,
                Store = parsed.GetValue(SharedOptions.Store), Json = parsed.GetValue(SharedOptions.Json),
            },
            cancel));
        return command;
    }

    /// <summary>Runs it.</summary>
    public static async Task<int> RunAsync(DemoOptions options, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var console = DemoConsole.Create();
        try
        {
            var data = DemoData.Load(options);
            DemoFolder.Prepare(options.Folder);
            await DemoFolder.PrepareStoreAsync(options.Store, cancellationToken);
            await using var run = new DemoRun(options, data, new DemoProgress(console, options.Json));
            await run.PlayAsync(cancellationToken);
            var result = await new DemoStudy(options, data, run).MeasureAsync(() => Stopwatch.GetElapsedTime(started), cancellationToken);
            if (options.Json) Console.Out.WriteLine(JsonSerializer.Serialize(result, SeamJson.Indented));
            else DemoSummary.Print(console, result, options.Folder, run.Store);
            return result.Promoted ? Promoted : NothingGained;
        }
        catch (Exception wrong) when (wrong is DemoDataException or DurableEngineLockedException or HostStartException or StorageException)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return wrong is DemoDataException or HostStartException ? Wrong : Failed;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"Interrupted. What was done so far is in {options.Folder}; the next demo there starts anew.");
            return Failed;
        }
    }
}
