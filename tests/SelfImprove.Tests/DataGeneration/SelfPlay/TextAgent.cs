using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.Models;
using SelfImprove.Planning;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Tests.Planning;
using SelfImprove.Tests.Training.Builtin;
using SelfImprove.Training.Builtin;
using StudentSettings = SelfImprove.Training.Builtin.StudentSettings;

namespace SelfImprove.Tests.DataGeneration.SelfPlay;

/// <summary>A student of real texts with few rows of each class, fresh texts that nobody labelled, and test texts to tell how good it is.</summary>
internal sealed class TextAgent
{
    private static readonly StudentSettings Settings = StudentSettings.Default with { Calibrate = false };
    private readonly int _seed;

    public TextAgent(string set, int perClass, int seed)
    {
        _seed = seed;
        Random = new SeededRandom((ulong)seed);
        var train = LabelledCsv.Read(set, "train.csv").DistinctBy(t => t.Text).ToArray();
        Random.Shuffle<TextExample>(train);
        Rows = [.. train.GroupBy(r => r.Label).OrderBy(g => g.Key, StringComparer.Ordinal).SelectMany(g => g.Take(perClass))];
        Fresh = new Queue<TextExample>(train.Except(Rows));
        Truth = train.ToDictionary(t => t.Text, t => t.Label, StringComparer.Ordinal);
        Test = [.. LabelledCsv.Read(set, "test.csv").Take(1_500)];
        Labels = [.. Rows.Select(r => r.Label).Distinct()];
        Student = StudentTrainer.Train(Rows, StudentSettings.Default, seed);
    }

    public SeededRandom Random { get; }

    public List<TextExample> Rows { get; }

    public Queue<TextExample> Fresh { get; }

    public Dictionary<string, string> Truth { get; }

    public List<TextExample> Test { get; }

    public List<string> Labels { get; }

    public StudentModel Student { get; }

    public AgentManifest Manifest => PlannerTests.Facts().Manifest with
    {
        Task = new TaskSettings { Labels = Labels },
        Goal = new GoalSettings { Metric = "helpful", Value = 1m },
        Planning = new PlanningSettings { MaxWait = 0 },
        Teachers = [new TeacherSettings { Name = "people", Kind = TeacherKind.People, Price = 50m, Accuracy = 0.99 }, new TeacherSettings { Name = "auditor", Model = "builtin:auditor", Price = 0.01m, Accuracy = 0.97 }],
        Evaluation = new EvaluationSettings { Labeller = "auditor", Items = 300 },
    };

    public StudentModel Train(IEnumerable<TextExample> more) => StudentTrainer.Train([.. Rows, .. more], Settings, _seed);

    public StudentModel Train(IEnumerable<TextExample> more, IReadOnlyList<TextPair> pairs) => StudentTrainer.Train([.. Rows, .. more], pairs, Settings, PairSettings.Default, _seed);

    public StudentModel Another(int rows, int seed) => StudentTrainer.Train([.. Rows.Where((_, i) => i % 3 == 0), .. Take(rows)], Settings, seed);

    public List<TextExample> Take(int count) => [.. Enumerable.Range(0, count).Select(_ => Fresh.Dequeue())];

    public double Error(StudentModel model) => Test.Count(t => model.Predict(t.Text).Label != t.Label) / (double)Test.Count;

    public PlanningFacts Facts(int pool) => PlannerTests.Facts(error: Error(Student), pool: pool, left: 60) with
    {
        Manifest = Manifest,
        Diagnosis = PlannerTests.Facts(error: Error(Student)).Diagnosis with { UnseenShare = 0, UnseenDecisions = 0, KnownDecisions = Labels.Count },
        ValidationPool = 300,
    };

    public static List<LabelItem> Items(IEnumerable<TextExample> texts) => [.. texts.Select((t, i) => new LabelItem($"i{i}", [ChatMessage.User(t.Text)], ""))];

    public static List<LabelledItem> Labelled(IEnumerable<TextExample> texts) =>
        [.. texts.Select((t, i) => new LabelledItem($"i{i}", [ChatMessage.User(t.Text)], "", 1, new AgentOutput(t.Label), "teacher:auditor", null, 0))];
}
