using SelfImprove.Training.Builtin;

namespace SelfImprove.Tests.Training.Builtin;

/// <summary>What the student is worth on a public benchmark. The settings were tuned on train.csv alone.</summary>
[Trait("Data", "reference")]
public sealed class Banking77Tests
{
    private static readonly IReadOnlyList<TextExample> s_train = LabelledCsv.Read("banking77", "train.csv");
    private static readonly IReadOnlyList<TextExample> s_test = LabelledCsv.Read("banking77", "test.csv");

    [Fact]
    public void Train_OnTheFullTrainSet_Reaches91PercentInASmallFile()
    {
        var model = StudentTrainer.Train(s_train, StudentSettings.Default, 1);

        Accuracy(model).ShouldBeGreaterThanOrEqualTo(0.91);
        model.FileLength.ShouldBeLessThan(12 << 20);
        ExpectedCalibrationError(model).ShouldBeLessThan(0.03);
    }

    [Fact]
    public void Train_OnTenRowsAClass_Reaches73Point5PercentOnAverageOver20Draws()
    {
        var settings = StudentSettings.Default with { Calibrate = false, MaxThreads = 1 };
        var accuracies = new double[20];
        Parallel.For(0, 20, draw => accuracies[draw] = Accuracy(StudentTrainer.Train(Draw(draw, 10), settings, draw)));

        accuracies.Average().ShouldBeGreaterThanOrEqualTo(0.735);
    }

    [Fact]
    public void Train_OnTenRowsAClass_IsCalibrated()
    {
        var model = StudentTrainer.Train(Draw(1, 10), StudentSettings.Default, 1);

        ExpectedCalibrationError(model).ShouldBeLessThan(0.06);
    }

    private static TextExample[] Draw(int seed, int perClass)
    {
        var random = new Random(seed);
        return [.. s_train.GroupBy(row => row.Label).OrderBy(group => group.Key, StringComparer.Ordinal)
            .SelectMany(group => group.OrderBy(_ => random.Next()).Take(perClass))];
    }

    private static double Accuracy(StudentModel model) => s_test.Count(row => model.Predict(row.Text).Label == row.Label) / (double)s_test.Count;

    /// <summary>Mean gap between stated probability and observed accuracy over 15 bins of equal width, weighted by their counts.</summary>
    private static double ExpectedCalibrationError(StudentModel model) => s_test
        .Select(row => (Prediction: model.Predict(row.Text), row.Label))
        .GroupBy(item => (int)Math.Min(14, item.Prediction.Probability * 15))
        .Sum(bin => Math.Abs(bin.Sum(item => item.Prediction.Probability - (item.Prediction.Label == item.Label ? 1 : 0)))) / s_test.Count;
}
