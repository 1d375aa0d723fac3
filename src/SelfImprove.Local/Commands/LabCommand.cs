using System.CommandLine;
using System.Text.Json;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Manifests.Reading;
using SelfImprove.Local.Demo;
using SelfImprove.Local.Lab;
using SelfImprove.Orchestration;
using Spectre.Console;

namespace SelfImprove.Local.Commands;

/// <summary><c>selfimprove lab</c>: whole loops in virtual time, many seeds, beside what would have come without them.</summary>
public static class LabCommand
{
    private const string All = "all";
    private const int FullSeeds = 100;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var scenario = new Option<string>("--scenario") { Description = "What happens to the agent: drift, attack, regression, stable, or all of them.", DefaultValueFactory = _ => "drift" };
        scenario.AcceptOnlyFromAmong([.. Enum.GetValues<LabScenario>().Select(s => LabCsv.Name(s)), All]);
        var seeds = new Option<int?>("--seeds") { Description = "How many runs, each with its own split of the data, users and order. Default 10." };
        var interactions = new Option<int?>("--interactions") { Description = "Interactions of a run. Default 20000." };
        var week = new Option<int>("--week") { Description = "Interactions of a virtual week: the volume of your traffic.", DefaultValueFactory = _ => 5_000 };
        var data = new Option<string?>("--data") { Description = "Labelled text instead of the shipped office requests: CSV, first two columns text,label." };
        var test = new Option<string?>("--test") { Description = "Held-out labelled text, never played; without it a fifth of --data is held out." };
        var policy = new Option<string?>("--manifest") { Description = "A manifest whose policy is tried: triggers, budget, planning, evaluation, rollout, goal, feedback. Its task and teachers are the laboratory's." };
        var output = new Option<string?>("--out") { Description = "A folder for the tables (CSV) and a page with plots for each scenario (HTML).", HelpName = "path" };
        var parallel = new Option<int?>("--parallel") { Description = "Runs at once. Default as many as there are cores; does not change the tables." };
        var full = new Option<bool>("--full") { Description = $"{FullSeeds} seeds of every scenario, unless said otherwise." };
        var command = new Command("lab", """
            Plays whole improvement loops in virtual time, many seeds side by side, before you trust a policy with an agent: reward over time, cost, false
            triggers, false promotions, time to recover, beside never retraining, retraining weekly on as many random labels, and retraining at random
            moments on everything. Reward is told by texts that nobody ever labelled. Same options, same tables.

            Examples:
              selfimprove lab
              selfimprove lab --scenario attack --seeds 20 --out lab
              selfimprove lab --scenario all --data train.csv --test test.csv --manifest router.yaml
              selfimprove lab --full --out lab

            Scenarios: in drift, classes appear that the agent never saw, until they are half of the traffic; in attack, a source that gives a fifth of the
            feedback begins to lie; in regression, a person puts a worse version into service; in stable nothing happens.
            """)
        { scenario, seeds, interactions, week, data, test, policy, output, parallel, full };
        command.SetAction((parsed, cancel) =>
        {
            var isFull = parsed.GetValue(full);
            var named = isFull && parsed.GetResult(scenario) is null or { Implicit: true } ? All : parsed.GetValue(scenario)!;
            var options = new LabOptions
            {
                Scenarios = named == All ? Enum.GetValues<LabScenario>() : [Enum.Parse<LabScenario>(named, ignoreCase: true)],
                Seeds = parsed.GetValue(seeds) ?? (isFull ? FullSeeds : 10),
                Interactions = parsed.GetValue(interactions) ?? 20_000,
                Week = parsed.GetValue(week),
                Data = parsed.GetValue(data),
                Test = parsed.GetValue(test),
                Policy = Read(parsed.GetValue(policy)),
                Parallel = parsed.GetValue(parallel) ?? Environment.ProcessorCount,
            };
            return RunAsync(options, parsed.GetValue(output), parsed, cancel);
        });
        return command;
    }

    private static async Task<int> RunAsync(LabOptions options, string? folder, ParseResult parsed, CancellationToken cancellationToken)
    {
        Check(options);
        if (folder is not null) LabFiles.Prepare(folder);
        var (output, json) = (parsed.InvocationConfiguration.Output, parsed.GetValue(SharedOptions.Json));
        LabReport report;
        using (var progress = new LabProgress(options, json ? null : output, ReferenceEquals(parsed.InvocationConfiguration.Error, Console.Error) && !Console.IsErrorRedirected ? Console.Error : null))
        {
            try
            {
                report = await new Laboratory(options, progress.Finished).RunAsync(cancellationToken);
            }
            catch (DemoDataException wrong)
            {
                throw new CommandException(wrong.Message, ExitCodes.WrongUsage);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw new CommandException("Interrupted: nothing was written.");
            }
        }
        if (folder is not null) LabFiles.Write(report, folder);
        if (json)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(report.Summaries, SeamJson.Indented));
            return ExitCodes.Done;
        }
        Print(report, folder, output);
        return ExitCodes.Done;
    }

    private static void Print(LabReport report, string? folder, TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = 200;
        foreach (var scenario in report.Options.Scenarios)
        {
            console.Say($"{LabCsv.Name(scenario)}: {report.Options.Seeds} seeds of {report.Options.Interactions:N0} interactions");
            var table = CommandActions.Table([.. LabTable.Columns]);
            foreach (var summary in report.Summaries.Where(s => s.Scenario == scenario)) table.Row([.. LabTable.Cells(summary)]);
            console.Write(table);
            foreach (var time in report.Times.Where(t => t.Scenario == scenario))
                console.Say($"{LabCsv.Name(time.Policy)}: {time.Seconds:0.0} s by the clock, {time.CpuSeconds:0.0} s of the processor, {report.Options.Parallel} runs at once");
        }
        if (folder is not null) console.Say($"Tables and plots are in {Path.GetFullPath(folder)}.");
    }

    private static void Check(LabOptions options)
    {
        if (options.Seeds is < 1 or > 10_000) throw Wrong("--seeds", options.Seeds, "1 to 10,000");
        if (options.Interactions is < LabOptions.FewestInteractions or > 1_000_000) throw Wrong("--interactions", options.Interactions, $"{LabOptions.FewestInteractions} to 1,000,000");
        if (options.Week is < 100 or > 10_000_000) throw Wrong("--week", options.Week, "100 to 10,000,000");
        if (options.Parallel is < 1 or > 256) throw Wrong("--parallel", options.Parallel, "1 to 256");
    }

    private static CommandException Wrong(string option, int found, string expected) => new($"{option} is {found}; {expected} is expected.", ExitCodes.WrongUsage);

    private static AgentManifest? Read(string? path)
    {
        if (path is null) return null;
        if (!File.Exists(path)) throw new CommandException($"There is no file {path}.", ExitCodes.WrongUsage);
        var reading = ManifestReader.Parse(File.ReadAllText(path), path);
        return reading.Manifest ?? throw new CommandException($"{path} is no manifest:\n{string.Join('\n', reading.Mistakes)}", ExitCodes.WrongUsage);
    }
}
