using System.Collections.Concurrent;
using System.Text;
using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.Models;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Testing.Loop;
using SelfImprove.Tests.Training.Builtin;
using SelfImprove.Training.Builtin;
using StudentSettings = SelfImprove.Training.Builtin.StudentSettings;

namespace SelfImprove.Tests.Planning.Diagnosing;

/// <summary>The texts of a set of scenarios, the students taught on them (each once), and a teacher that is a better student: it errs, and errs like its pupils.</summary>
internal sealed class ScenarioTexts
{
    private static readonly StudentSettings Quick = StudentSettings.Default with { Calibrate = false, MaxThreads = 1 };
    private readonly ConcurrentDictionary<string, Lazy<Student>> _students = new();
    private readonly Dictionary<string, List<TextExample>> _taught;

    private ScenarioTexts(string name, IReadOnlyList<TextExample> lessons, IReadOnlyList<TextExample> traffic, int rows, int teacherRows)
    {
        (Name, Traffic, Rows) = (name, traffic, rows);
        Classes = [.. lessons.Select(l => l.Label).Distinct().Order(StringComparer.Ordinal)];
        _taught = lessons.GroupBy(l => l.Label).ToDictionary(g => g.Key, g => g.ToList());
        ByClass = traffic.GroupBy(t => t.Label).ToDictionary(g => g.Key, g => g.ToList());
        Teacher = StudentTrainer.Train([.. lessons.Take(teacherRows)], Quick, 1);
        TeacherAccuracy = Math.Round(traffic.Take(400).Count(t => Teacher.Predict(t.Text).Label == t.Label) / 400.0, 2);
    }

    public static ScenarioTexts Banking77 => s_banking.Value;

    public static ScenarioTexts Snips => s_snips.Value;

    /// <summary>Ships with the tests: a small made-up task.</summary>
    public static ScenarioTexts Small => s_small.Value;

    public string Name { get; }

    /// <summary>Rows a class of a champion as it should be.</summary>
    public int Rows { get; }

    public IReadOnlyList<string> Classes { get; }

    public IReadOnlyList<TextExample> Traffic { get; }

    public Dictionary<string, List<TextExample>> ByClass { get; }

    public StudentModel Teacher { get; }

    public double TeacherAccuracy { get; }

    /// <summary>A student, taught once for all scenarios that name it alike.</summary>
    public Student Taught(string key, Func<SeededRandom, List<TextExample>> rows) =>
        _students.GetOrAdd(key, k => new Lazy<Student>(() => new Student(rows(new SeededRandom($"{Name}/{k}")), Quick))).Value;

    /// <summary>Some rows of a class.</summary>
    public IEnumerable<TextExample> Lessons(string label, int count, SeededRandom random) => random.Sample(_taught[label], Math.Min(count, _taught[label].Count));

    private static readonly Lazy<ScenarioTexts> s_banking = new(() => Of("banking77", 20, 4_500, 9_000));
    private static readonly Lazy<ScenarioTexts> s_snips = new(() => Of("snips", 20, 1_500, 6_000));
    private static readonly Lazy<ScenarioTexts> s_small = new(() =>
    {
        var task = new SmallTask(12, 5);
        return new ScenarioTexts("small", Shuffled(task.Examples(task.Classes, 80), "small"), Shuffled(task.Examples(task.Classes, 150), "small-traffic"), 16, 800);
    });

    private static ScenarioTexts Of(string set, int rows, int teacherRows, int most)
    {
        var train = Shuffled([.. LabelledCsv.Read(set, "train.csv")], set).Take(most).ToList();
        return new ScenarioTexts(set, train[..(train.Count / 2)], [.. train[(train.Count / 2)..], .. LabelledCsv.Read(set, "test.csv")], rows, teacherRows);
    }

    private static List<TextExample> Shuffled(List<TextExample> rows, string seed)
    {
        var all = rows.ToArray();
        new SeededRandom(seed).Shuffle(all.AsSpan());
        return [.. all];
    }

    /// <summary>A student with all that a store keeps of it.</summary>
    internal sealed class Student
    {
        private readonly StudentModel _model;
        private readonly ConcurrentDictionary<string, Prediction> _known = new(StringComparer.Ordinal);

        public Student(List<TextExample> rows, StudentSettings settings)
        {
            _model = StudentTrainer.Train(rows, settings, 1);
            Bytes = _model.ToBytes();
            var lines = new StringBuilder();
            foreach (var row in rows)
                lines.Append(SftFormat.Write(new DatasetRow(SftFormat.Messages(null, [ChatMessage.User(row.Text)]), BuiltinModel.OutputOf(row.Label, TaskOutput.Label), [], 1))).Append('\n');
            Dataset = Encoding.UTF8.GetBytes(lines.ToString());
        }

        public byte[] Bytes { get; }

        public byte[] Dataset { get; }

        public Prediction Answer(string text) => _known.GetOrAdd(text, t => _model.Predict(t));
    }
}
