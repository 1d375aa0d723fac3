using System.CommandLine;
using System.Text.Json;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Orchestration;
using SelfImprove.Statistics.Paired;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Local.Commands;

/// <summary><c>selfimprove calibrate</c>: pure simulation of the trend trigger as it is run; nothing is read or written.</summary>
internal static class CalibrateCommand
{
    public static Command Create()
    {
        var error = Rate("--error", "The share of answers that are wrong when all is well, 0.001 to 0.9.", 0.1);
        var wrong = Rate("--wrong", "The share of thumbs that are wrong, 0 to 0.45.", 0);
        var rise = Rate("--to", "The share of wrong answers that is to be noticed; twice --error where left out.", double.NaN);
        var judged = new Option<int>("--judged") { Description = "How many judged tasks a version has served when the error rises, 100 to 20000.", DefaultValueFactory = _ => 2_400 };
        var tolerated = Rate("--false-alarms", "Tolerated false alarms per 1,000 judged tasks (falseAlarmsPerThousand of the trigger), above 0.", 0.05);
        var slices = new Option<int>("--slices") { Description = "Kinds of tasks (decisions, tags) that are watched apart along with the whole, 0 to 200.", DefaultValueFactory = _ => 10 };
        var streams = new Option<int>("--streams") { Description = "Simulated streams of 20,000 judged tasks, 20 to 10000.", DefaultValueFactory = _ => 200 };
        var seed = new Option<int>("--seed") { Description = "Seeds the simulation: the same seed gives the same figures.", DefaultValueFactory = _ => 1 };
        var command = new Command("calibrate", """
            Tells what the trend trigger costs at your own rates, by simulation of the trigger as it is run: false alarms per 1,000 judged tasks when nothing
            changes, how many judged tasks it takes to notice a rise of the error, and how many to notice a new version that is as bad from its first request.

            Examples:
              selfimprove calibrate --error 0.1 --wrong 0.15
              selfimprove calibrate --error 0.02 --to 0.06 --judged 800 --json
            """)
        { error, wrong, rise, judged, tolerated, slices, streams, seed };
        command.SetAction((parsed, cancellationToken) =>
        {
            var wanted = new Wanted(
                parsed.GetValue(error), parsed.GetValue(wrong), parsed.GetValue(rise), parsed.GetValue(judged), parsed.GetValue(tolerated), parsed.GetValue(slices),
                parsed.GetValue(streams), parsed.GetValue(seed));
            var found = Simulate(wanted, cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(SharedOptions.Json)) output.WriteLine(JsonSerializer.Serialize(found, SeamJson.Indented));
            else output.WriteLine(Words(wanted, found));
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static CalibrationReport Simulate(Wanted wanted, CancellationToken cancellationToken)
    {
        var to = double.IsNaN(wanted.To) ? Math.Min(0.95, 2 * wanted.Error) : wanted.To;
        Check(wanted.Error is >= 0.001 and <= 0.9, "--error is a share from 0.001 to 0.9");
        Check(wanted.Wrong is >= 0 and <= 0.45, "--wrong is a share from 0 to 0.45");
        Check(to > wanted.Error && to <= 1, "--to is a share above --error, at most 1");
        Check(wanted.Judged is >= 100 and <= 20_000, "--judged is a number from 100 to 20000");
        Check(wanted.Tolerated is > 0 and <= 100, "--false-alarms is a number above 0, at most 100");
        Check(wanted.Slices is >= 0 and <= 200, "--slices is a number from 0 to 200");
        Check(wanted.Streams is >= 20 and <= 10_000, "--streams is a number from 20 to 10000");
        // What the trigger sees are thumbs: a wrong answer with a right thumb, or a right answer with a wrong one.
        double Seen(double share) => Math.Clamp((share * (1 - wanted.Wrong)) + ((1 - share) * wanted.Wrong), 0.0005, 0.9995);
        var found = TrendSimulation.Play(
            new TrendQuestion
            {
                Before = Seen(wanted.Error), After = Seen(to), Judged = wanted.Judged, FalseAlarmsPerThousand = wanted.Tolerated, Slices = wanted.Slices, Streams = wanted.Streams,
                Changes = 2 * wanted.Streams, Seed = wanted.Seed,
            }, cancellationToken);
        double[] rates = [.. found.FalseAlarms];
        var mean = rates.Average();
        var (low, high) = Interval(rates, mean, new SeededRandom($"calibrate/{wanted.Seed}"));
        return new CalibrationReport(
            wanted.Error, to, wanted.Wrong, Seen(wanted.Error), wanted.Judged, found.Reference, wanted.Tolerated, Math.Round(found.Threshold, 3), Math.Round(mean, 4), Math.Round(low, 4),
            Math.Round(high, 4), found.MedianDelay, found.MedianOfNewVersion);
    }

    /// <summary>A percentile bootstrap over streams (Efron 1979), 95%; where there is no alarm at all, the upper end of Wilson's interval on the share of streams with one.</summary>
    private static (double Low, double High) Interval(double[] rates, double mean, SeededRandom random)
    {
        const int Resamples = 1_000;
        if (mean == 0) return (0, (Wilson.Upper(0, rates.Length) ?? 1) * 1_000 / TrendQuestion.StreamLength);
        var means = new double[Resamples];
        for (var i = 0; i < Resamples; i++)
        {
            var sum = 0.0;
            for (var j = 0; j < rates.Length; j++) sum += rates[random.Next(rates.Length)];
            means[i] = sum / rates.Length;
        }
        Array.Sort(means);
        return (means[(int)(0.025 * Resamples)], means[(int)(0.975 * Resamples)]);
    }

    private static string Words(Wanted wanted, CalibrationReport found) => FormattableString.Invariant($"""
        Nothing changes, {found.ThumbsDown:P1} thumbs down: {found.FalseAlarmsPerThousand:0.000} false alarms per 1,000 judged tasks ({found.FalseAlarmsLow:0.000} to {found.FalseAlarmsHigh:0.000}); {found.Tolerated:0.###} are tolerated.
        After {found.Judged:#,0} judged tasks the trigger compares with the first {found.Reference:#,0}; its threshold is {found.Threshold:0.00}.
        """) + "\n" + (found.MedianDelay is { } delay
        ? FormattableString.Invariant($"An error that rises from {found.Error:0.###} to {found.To:0.###} is noticed after {delay:#,0} judged tasks (median).")
        : FormattableString.Invariant($"An error that rises from {found.Error:0.###} to {found.To:0.###} is mostly not noticed within {TrendQuestion.Patience:#,0} judged tasks: tolerate more false alarms, or have thumbs audited.")) + "\n"
        + (found.MedianDelayOfNewVersion is { } ofNew
        ? FormattableString.Invariant($"A new version that errs as much from its first request is noticed after {ofNew:#,0} (median).")
        : "A new version that errs as much from its first request is mostly not noticed while it is new.")
        + FormattableString.Invariant($"\nFrom {wanted.Streams} simulated streams of {TrendQuestion.StreamLength:#,0} judged tasks, seed {wanted.Seed}.");

    private static void Check(bool holds, string expected)
    {
        if (!holds) throw new CommandException($"{expected}. See 'selfimprove calibrate --help'.", ExitCodes.WrongUsage);
    }

    private static Option<double> Rate(string name, string description, double usual) => new(name) { Description = description, HelpName = "share", DefaultValueFactory = _ => usual };

    private sealed record Wanted(double Error, double Wrong, double To, int Judged, double Tolerated, int Slices, int Streams, int Seed);

    private sealed record CalibrationReport(
        double Error, double To, double WrongThumbs, double ThumbsDown, int Judged, int Reference, double Tolerated, double Threshold,
        double FalseAlarmsPerThousand, double FalseAlarmsLow, double FalseAlarmsHigh, double? MedianDelay, double? MedianDelayOfNewVersion);
}
