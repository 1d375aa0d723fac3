using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SelfImprove.Local.Samples;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Benchmarks;

/// <summary>
/// Measures the built-in student: training, one learning curve, file size, accuracy, calibration, prediction time and allocation. On the shipped data
/// always; on other data (first two columns text,label,
/// with a header line) when SELFIMPROVE_BENCH_TRAIN and SELFIMPROVE_BENCH_TEST name two CSV files.
/// </summary>
public static class StudentBenchmark
{
    /// <summary>Variable that names the CSV to train on.</summary>
    public const string TrainVariable = "SELFIMPROVE_BENCH_TRAIN";

    /// <summary>Variable that names the CSV to test on.</summary>
    public const string TestVariable = "SELFIMPROVE_BENCH_TEST";

    /// <summary>Runs on the shipped data and, where the two variables are set, on the CSV files that they name.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output)
    {
        var figures = await MeasureAsync(output, "office requests", Rows(OfficeRequests.Train(1)), Rows(OfficeRequests.Test(1)));
        var (train, test) = (Environment.GetEnvironmentVariable(TrainVariable), Environment.GetEnvironmentVariable(TestVariable));
        if (train is not null && test is not null)
            figures = [.. figures, .. await MeasureAsync(output, Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(train)))!, ReadCsv(train), ReadCsv(test))];
        return figures;
    }

    private static async Task<IReadOnlyList<Figure>> MeasureAsync(TextWriter output, string name, IReadOnlyList<TextExample> train, IReadOnlyList<TextExample> test)
    {
        // The first fit warms the compiler up; a long-running host trains warm, the demo trains cold: both are told.
        var (model, cold) = Timed(() => StudentTrainer.Train(train, StudentSettings.Default, 1));
        var warm = Enumerable.Range(0, 3).Select(_ => Timed(() => StudentTrainer.Train(train, StudentSettings.Default, 1)).Elapsed).Order().ElementAt(1);
        var perClass = new Dictionary<string, int>(StringComparer.Ordinal);
        var few = train.Where(row => (perClass[row.Label] = perClass.GetValueOrDefault(row.Label) + 1) <= 10).ToArray();
        var (small, smallTime) = Timed(() => StudentTrainer.Train(few, StudentSettings.Default, 1));
        var held = test.Take(500).ToArray();
        var (_, curve) = Timed(() => LearningCurveSampler.Measure(few, held, null, StudentSettings.Default, 1));
        var (nanoseconds, bytes) = Prediction(model, test);
        var lines = new StringBuilder();
        Line($"  on {name}: {train.Count} train rows, {test.Count} test rows, {model.Classes.Count} classes, {Environment.ProcessorCount} cores");
        Line($"    train, calibrated        {warm.TotalSeconds:F2} s warm, {cold.TotalSeconds:F2} s cold");
        Line($"    train on 10 a class      {smallTime.TotalMilliseconds:F0} ms ({few.Length} rows, calibrated), learning curve of 3 fits {curve.TotalMilliseconds:F0} ms");
        Line($"    file                     {model.FileLength / 1048576.0:F2} MiB");
        Line($"    predict, one thread      {nanoseconds / 1000:F1} us, {bytes:F1} bytes allocated");
        Line($"    accuracy                 {Accuracy(model, test):P2}, calibration error {CalibrationError(model, test):P2}, temperature {model.Temperature:F2}");
        Line($"    accuracy, 10 a class     {Accuracy(small, test):P2}, calibration error {CalibrationError(small, test):P2}, temperature {small.Temperature:F2}");
        await output.WriteAsync(lines);
        return
        [
            new($"student on {name}: training, cold", cold.TotalSeconds, "s", AtMost: 4),
            new($"student on {name}: prediction", nanoseconds / 1000, "us", AtMost: 30),
            new($"student on {name}: file", model.FileLength / 1048576.0, "MiB", AtMost: 12),
            new($"student on {name}: accuracy", Accuracy(model, test) * 100, "%"),
        ];

        void Line(FormattableString text) => lines.AppendLine(text.ToString(CultureInfo.InvariantCulture));
    }

    private static (double Nanoseconds, double Bytes) Prediction(StudentModel model, IReadOnlyList<TextExample> test)
    {
        for (var warm = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(warm) < TimeSpan.FromSeconds(1);)
            Pass();
        var (best, bytes) = (double.MaxValue, 0L);
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.GetTimestamp();
            Pass();
            best = Math.Min(best, Stopwatch.GetElapsedTime(watch).TotalNanoseconds);
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        return (best / test.Count, bytes / (double)test.Count);

        void Pass()
        {
            for (var i = 0; i < test.Count; i++)
                model.Predict(test[i].Text.AsSpan());
        }
    }

    private static double Accuracy(StudentModel model, IReadOnlyList<TextExample> test) => test.Count(row => model.Predict(row.Text).Label == row.Label) / (double)test.Count;

    private static double CalibrationError(StudentModel model, IReadOnlyList<TextExample> test) => test
        .Select(row => (Prediction: model.Predict(row.Text), row.Label))
        .GroupBy(item => (int)Math.Min(14, item.Prediction.Probability * 15))
        .Sum(bin => Math.Abs(bin.Sum(item => item.Prediction.Probability - (item.Prediction.Label == item.Label ? 1 : 0)))) / test.Count;

    private static (T Result, TimeSpan Elapsed) Timed<T>(Func<T> work)
    {
        var start = Stopwatch.GetTimestamp();
        var result = work();
        return (result, Stopwatch.GetElapsedTime(start));
    }

    private static TextExample[] Rows(IReadOnlyList<OfficeRequest> requests) => [.. requests.Select(request => new TextExample(request.Text, request.Label))];

    /// <summary>The first two columns of every record after the header; fields may be quoted and hold commas, quotes and line breaks.</summary>
    private static List<TextExample> ReadCsv(string path)
    {
        var field = new Regex("""\G(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|\z)""", RegexOptions.CultureInvariant);
        var (rows, record, text) = (new List<TextExample>(), new List<string>(), File.ReadAllText(path));
        for (var match = field.Match(text); match.Success && match.Index < text.Length; match = match.NextMatch())
        {
            record.Add(match.Groups[1].Success ? match.Groups[1].Value.Replace("\"\"", "\"", StringComparison.Ordinal) : match.Groups[2].Value);
            if (match.Groups[3].Value == ",")
                continue;
            if (record.Count >= 2)
                rows.Add(new TextExample(record[0], record[1]));
            record.Clear();
        }

        return rows[1..];
    }
}
