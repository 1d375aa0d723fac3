using SelfImprove.Training.Builtin;

namespace SelfImprove.Tests.Training.Builtin;

public sealed class StudentTrainerTests
{
    [Fact]
    public void Train_OnSeparableRows_AnswersUnseenTexts()
    {
        var model = Sample.Train();

        model.Classes.ShouldBe(["leave", "rooms", "tickets"]);
        model.TrainedOn.ShouldBe(12);
        model.Predict("need a room").Label.ShouldBe("rooms");
        model.Predict("the printer is broken").Label.ShouldBe("tickets");
        model.Predict("vacation days").Label.ShouldBe("leave");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Train_OnAnyNumberOfThreads_GivesTheSameModel(int threads)
    {
        var rows = Enumerable.Range(0, 600).Select(i => new TextExample($"text {i % 97} of topic t{i % 61} and more {i * 7 % 13}", $"class {i % 61}")).ToArray();
        var one = StudentTrainer.Train(rows, Sample.Settings with { MaxThreads = 1 }, 5);

        var many = StudentTrainer.Train(rows, Sample.Settings with { MaxThreads = threads }, 5);

        many.ContentHash.ShouldBe(one.ContentHash);
    }

    [Fact]
    public void Train_WithAnotherSeed_GivesAnotherModel() => Sample.Train(2).ContentHash.ShouldNotBe(Sample.Train(1).ContentHash);

    [Fact]
    public void Train_WithOneClassOnly_SaysWhatIsMissing()
    {
        var rows = new[] { new TextExample("a", "only"), new TextExample("b", "only") };

        var problem = Should.Throw<ArgumentException>(() => StudentTrainer.Train(rows, Sample.Settings, 1));

        problem.Message.ShouldContain("'only'");
        problem.Message.ShouldContain("at least one other class");
    }

    [Fact]
    public void Train_WithoutRows_SaysSo() =>
        Should.Throw<ArgumentException>(() => StudentTrainer.Train([], Sample.Settings, 1)).Message.ShouldContain("no training rows");

    [Theory]
    [InlineData("", 1, "row 1")]
    [InlineData("b", 0, "weight 0")]
    [InlineData("b", double.NaN, "weight NaN")]
    [InlineData("b", double.PositiveInfinity, "weight")]
    public void Train_WithABadRow_NamesIt(string label, double weight, string expected)
    {
        var rows = new[] { new TextExample("a", "a"), new TextExample("b", label, weight) };

        Should.Throw<ArgumentException>(() => StudentTrainer.Train(rows, Sample.Settings, 1)).Message.ShouldContain(expected);
    }

    [Fact]
    public void Train_WithOverlongLabel_AsksWhetherColumnsAreSwapped() =>
        Should.Throw<ArgumentException>(() => StudentTrainer.Train([new("a", "a"), new("b", new string('x', 600))], Sample.Settings, 1)).Message.ShouldContain("swapped");

    [Fact]
    public void Train_WithBadSettings_NamesAllOfThem()
    {
        var settings = new StudentSettings { HashBits = 40, Epochs = 0, WordShare = double.NaN };

        var problem = Should.Throw<ArgumentException>(() => StudentTrainer.Train(Sample.Rows, settings, 1));

        problem.Message.ShouldContain("HashBits is 40, expected 10 to 18");
        problem.Message.ShouldContain("Epochs is 0");
        problem.Message.ShouldContain("WordShare is NaN");
    }

    [Fact]
    public void Train_WhenCancelled_Stops()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Should.Throw<OperationCanceledException>(() => StudentTrainer.Train(Sample.Rows, Sample.Settings, 1, stop.Token));
    }

    [Fact]
    public void Train_ReportsProgressThatRisesToOne()
    {
        var reports = new Reports();

        StudentTrainer.Train(Sample.Rows, Sample.Settings, 1, progress: reports);

        reports.Values.ShouldBe(reports.Values.Order());
        reports.Values[^1].ShouldBe(1, 1e-9);
        reports.Values[0].ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Train_WithHeavierRows_FollowsThem()
    {
        TextExample[] Contradiction(double a, double b) => [new("same text", "a", a), new("same text", "b", b), new("other", "a"), new("thing", "b")];
        var settings = Sample.Settings with { Calibrate = false };

        StudentTrainer.Train(Contradiction(5, 1), settings, 1).Predict("same text").Label.ShouldBe("a");
        StudentTrainer.Train(Contradiction(1, 5), settings, 1).Predict("same text").Label.ShouldBe("b");
    }

    [Fact]
    public void Train_WithAndWithoutCalibration_ChoosesTheSameClasses()
    {
        var calibrated = StudentTrainer.Train(Sample.Rows, Sample.Settings, 1);
        var plain = StudentTrainer.Train(Sample.Rows, Sample.Settings with { Calibrate = false }, 1);

        plain.Temperature.ShouldBe(1);
        calibrated.Temperature.ShouldNotBe(1);
        foreach (var row in Sample.Rows)
            calibrated.Predict(row.Text + " today").Label.ShouldBe(plain.Predict(row.Text + " today").Label);
    }

    [Fact]
    public void Train_WithTooManyClasses_AsksForTheLabelColumn() =>
        Should.Throw<ArgumentException>(() => StudentTrainer.Train([.. Enumerable.Range(0, 2000).Select(i => new TextExample($"text {i}", $"label {i}"))], Sample.Settings, 1))
            .Message.ShouldContain("Is the label column the right one?");

    [Fact]
    public void Settings_OfTheDefault_AreValidAndAsDocumented()
    {
        StudentSettings.Default.Validate();

        StudentSettings.Default.ShouldBe(new StudentSettings
        {
            HashBits = 16, WordNgrams = 2, ShortestCharNgram = 2, LongestCharNgram = 4, CharsCrossWords = false, WordShare = 0.4, IdfPower = 0, ClassIdfPower = 0.7,
            Epochs = null, L2 = null, LearningRate = 8, LabelSmoothing = 0, ClassBalance = 0, BatchSize = 8, Calibrate = true, MaxThreads = null,
        });
    }

    [Fact]
    public void Train_WithASingleRowOfAClass_Works()
    {
        var model = StudentTrainer.Train([new("hello there", "greet"), new("good bye", "part"), new("bye now", "part")], Sample.Settings, 1);

        model.Predict("hello").Label.ShouldBe("greet");
    }

    private sealed class Reports : IProgress<double>
    {
        public List<double> Values { get; } = [];

        public void Report(double value) => Values.Add(value);
    }
}
