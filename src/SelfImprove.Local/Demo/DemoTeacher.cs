using SelfImprove.Statistics.Randomness;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Local.Demo;

/// <summary>The demo's stronger model: the same kind of student, stronger because it saw all of the history. Its accuracy is measured on a fifth of
/// the history that a twin was not trained on.</summary>
public static class DemoTeacher
{
    /// <summary>Trains it.</summary>
    /// <returns>The model, and its measured accuracy.</returns>
    public static (StudentModel Model, double Accuracy) Train(DemoData data, int seed)
    {
        var rows = data.History.ToArray();
        new SeededRandom((ulong)seed).Split("demo-teacher").Shuffle<LabelledText>(rows);
        var held = rows[..(rows.Length / 5)];
        var twin = StudentTrainer.Train(Examples(rows[(rows.Length / 5)..]), StudentSettings.Default with { Calibrate = false }, seed);
        var accuracy = (double)held.Count(h => twin.Predict(h.Text).Label == h.Label) / held.Length;
        return (StudentTrainer.Train(Examples(rows), StudentSettings.Default, seed), accuracy);
    }

    /// <summary>Labelled text as training rows.</summary>
    public static IReadOnlyList<TextExample> Examples(IEnumerable<LabelledText> rows) => [.. rows.Select(r => new TextExample(r.Text, r.Label))];
}
