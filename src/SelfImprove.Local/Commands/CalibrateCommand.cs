using System.CommandLine;
using System.Text.Json;
using SelfImprove.Orchestration;
using SelfImprove.Statistics.Drift;
using SelfImprove.Statistics.Paired;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Local.Commands;

/// <summary><c>selfimprove calibrate</c>: pure simulation, nothing is read or written.</summary>
internal static class CalibrateCommand
{
    private const int StreamLength = 20_000;
    private const int DelayStreams = 400;

    public static Command Create()
    {
        var error = Rate("--error", "The share of answers that are wrong when all is well, 0.001 to 0.9.", 0.1);
        var wrong = Rate("--wrong", "The share of thumbs that are wrong, 0 to 0.45.", 0);
        var rise = Rate("--to", "The share of wrong answers that is to be noticed; twice --error where left out.", double.NaN);
        var reference = new Option<int>("--reference") { Description = "How many judged tasks after a promotion the reference is learned from, 50 to 1000.", DefaultValueFactory = _ => 1_000 };
        var tolerated = Rate("--false-alarms", "Tolerated false alarms per 1,000 judged tasks, above 0.", 0.05);
        var streams = new Option<int>("--streams") { Description = "Simulated streams of 20,000 judged tasks, 20 to 10000.", DefaultValueFactory = _ => 200 };
        var seed = new Option<int>("--seed") { Description = "Seeds the simulation: the same seed gives the same figures.", DefaultValueFactory = _ => 1 };
        var command = new Command("calibrate", """
            Finds the threshold of the trend trigger for your own rates by simulation, and tells what it costs: false alarms per 1,000 judged tasks when nothing
            changes, and how many judged tasks it takes to notice a rise of the error.

            Examples:
              selfimprove calibrate --error 0.1 --wrong 0.15 --reference 500
              selfimprove calibrate --error 0.02 --to 0.06 --json
            """)
        { error, wrong, rise, reference, tolerated, streams, seed };
        command.SetAction(parsed =>
        {
            var wanted = new Wanted(
                parsed.GetValue(error), parsed.GetValue(wrong), parsed.GetValue(rise), parsed.GetValue(reference), parsed.GetValue(tolerated), parsed.GetValue(streams), parsed.GetValue(seed));
            var found = Simulate(wanted);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(SharedOptions.Json)) output.WriteLine(JsonSerializer.Serialize(found, SeamJson.Indented));
            else output.WriteLine(Words(wanted, found));
            return ExitCodes.Done;
        });
        return command;
    }

    private static CalibrationReport Simulate(Wanted wanted)
    {
        var to = double.IsNaN(wanted.To) ? Math.Min(0.95, 2 * wanted.Error) : wanted.To;
        Check(wanted.Error is >= 0.001 and <= 0.9, "--error is a share from 0.001 to 0.9");
        Check(wanted.Wrong is >= 0 and <= 0.45, "--wrong is a share from 0 to 0.45");
        Check(to > wanted.Error && to <= 1, "--to is a share above --error, at most 1");
        Check(wanted.Reference is >= 50 and <= 1_000, "--reference is a number from 50 to 1000");
        Check(wanted.Tolerated is > 0 and <= 100, "--false-alarms is a number above 0, at most 100");
        Check(wanted.Streams is >= 20 and <= 10_000, "--streams is a number from 20 to 10000");
        // What the trigger sees are thumbs: a wrong answer with a right thumb, or a right answer with a wrong one.
        double Seen(double share) => Math.Clamp((share * (1 - wanted.Wrong)) + ((1 - share) * wanted.Wrong), 0.0005, 0.9995);
        var random = new SeededRandom($"calibrate/{wanted.Seed}");
        var target = new CusumTarget(wanted.Tolerated, StreamLength, wanted.Streams);
        var options = BernoulliCusumCalibration.Calibrate(Seen(wanted.Error), new BernoulliCusumOptions(ReferenceSize: wanted.Reference), target, random.Split("threshold")).Options;
        // Fresh streams: those that the threshold was chosen on would flatter it. Streams are the units, for one with an unlucky reference alarms again and again.
        var rates = Enumerable.Range(0, wanted.Streams)
            .Select(i => BernoulliCusumCalibration.FalseAlarms(Seen(wanted.Error), options, target with { Streams = 1 }, random.Split($"fresh/{i}"))).ToArray();
        var mean = rates.Average();
        var (low, high) = Interval(rates, mean, random.Split("bootstrap"));
        var delay = BernoulliCusumCalibration.MedianDelay(Seen(wanted.Error), Seen(to), options, DelayStreams, random.Split("delay"));
        return new CalibrationReport(
            wanted.Error, to, wanted.Wrong, Seen(wanted.Error), wanted.Reference, wanted.Tolerated, Math.Round(options.Threshold, 3), Math.Round(mean, 4), Math.Round(low, 4), Math.Round(high, 4), delay);
    }

    /// <summary>A percentile bootstrap over streams (Efron 1979), 95%; where there is no alarm at all, the upper end of Wilson's interval on the share of streams with one.</summary>
    private static (double Low, double High) Interval(double[] rates, double mean, SeededRandom random)
    {
        const int Resamples = 1_000;
        if (mean == 0) return (0, (Wilson.Upper(0, rates.Length) ?? 1) * 1_000 / StreamLength);
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
        Threshold {found.Threshold:0.00} for {found.ThumbsDown:P1} thumbs down when all is well, learned from {found.Reference} judged tasks.
        False alarms: {found.FalseAlarmsPerThousand:0.000} per 1,000 judged tasks ({found.FalseAlarmsLow:0.000} to {found.FalseAlarmsHigh:0.000}); {found.Tolerated:0.###} are tolerated.
        """) + "\n" + (found.MedianDelay is { } delay
        ? FormattableString.Invariant($"An error that rises from {found.Error:0.###} to {found.To:0.###} is noticed after {delay:0} judged tasks (median of {DelayStreams} streams).")
        : FormattableString.Invariant($"An error that rises from {found.Error:0.###} to {found.To:0.###} is mostly not noticed within {StreamLength:#,0} judged tasks: tolerate more false alarms, learn from more tasks, or have thumbs audited."))
        + FormattableString.Invariant($"\nFrom {wanted.Streams} simulated streams of {StreamLength:#,0} judged tasks, seed {wanted.Seed}.");

    private static void Check(bool holds, string expected)
    {
        if (!holds) throw new CommandException($"{expected}. See 'selfimprove calibrate --help'.", ExitCodes.WrongUsage);
    }

    private static Option<double> Rate(string name, string description, double usual) => new(name) { Description = description, HelpName = "share", DefaultValueFactory = _ => usual };

    private sealed record Wanted(double Error, double Wrong, double To, int Reference, double Tolerated, int Streams, int Seed);

    private sealed record CalibrationReport(
        double Error, double To, double WrongThumbs, double ThumbsDown, int Reference, double Tolerated, double Threshold,
        double FalseAlarmsPerThousand, double FalseAlarmsLow, double FalseAlarmsHigh, double? MedianDelay);
}
