using SelfImprove.Testing.Loop;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Tests.Training.Builtin;

public sealed class PairTrainingTests
{
    private static readonly PairSettings Pairs = PairSettings.Default;
    private static readonly TextPair Torn = new("the room printer", "tickets", "rooms");

    [Fact]
    public void Train_WithoutPairs_IsTheStudentOfTheRowsBitByBit() =>
        StudentTrainer.Train(Sample.Rows, [], Sample.Settings, Pairs, 1).ContentHash.ShouldBe(Sample.Train().ContentHash);

    [Fact]
    public void Train_SamePairs_SameModelOnAnyNumberOfThreads()
    {
        var task = new SmallTask(40, 3);
        var rows = task.Examples(task.Classes, 3);
        var pairs = task.Classes.Take(20).Select((c, i) => new TextPair(task.Say(c), c, task.Classes[i + 20])).ToList();
        string Hash(int threads) => StudentTrainer.Train(rows, pairs, Sample.Settings with { MaxThreads = threads }, Pairs, 5).ContentHash;
        Hash(1).ShouldBe(Hash(1));
        Hash(4).ShouldBe(Hash(1));
        StudentTrainer.Train(rows, pairs, Sample.Settings with { MaxThreads = 1 }, Pairs, 6).ContentHash.ShouldNotBe(Hash(1), "the seed counts");
    }

    [Fact]
    public void Train_APair_PullsItsClassesApartAndLeavesTheRowsKnown()
    {
        var before = Gap(Sample.Train());
        var after = StudentTrainer.Train(Sample.Rows, [.. Enumerable.Repeat(Torn, 8)], Sample.Settings, Pairs, 1);
        Gap(after).ShouldBeGreaterThan(before + 0.2);
        foreach (var row in Sample.Rows) after.Predict(row.Text).Label.ShouldBe(row.Label);
        var turned = StudentTrainer.Train(Sample.Rows, [.. Enumerable.Repeat(new TextPair(Torn.Text, "rooms", "tickets"), 8)], Sample.Settings, Pairs, 1);
        Gap(turned).ShouldBeLessThan(before - 0.05);
    }

    [Fact]
    public void Train_AGreaterBeta_StaysNearerToTheReference()
    {
        // The log of the odds, for probabilities end at 1.
        static double Odds(StudentModel model) => Math.Log(Probability(model, Torn.Text, "tickets") / Probability(model, Torn.Text, "rooms"));
        var reference = Odds(Sample.Train());
        double Moved(double beta) =>
            Odds(StudentTrainer.Train(Sample.Rows, [.. Enumerable.Repeat(Torn, 8)], Sample.Settings, Pairs with { Beta = beta, Epochs = 200, Pace = 0.02 }, 1)) - reference;
        Moved(1).ShouldBeGreaterThan(0);
        Moved(8).ShouldBeLessThan(0.9 * Moved(1));
        Moved(50).ShouldBeLessThan(0.9 * Moved(8));
    }

    [Fact]
    public void Train_AClassThatOnlyAPairKnows_IsLearnt()
    {
        var pairs = Enumerable.Range(0, 12).Select(i => new TextPair($"order lunch number {i} for the team", "food", "rooms")).ToList();
        var model = StudentTrainer.Train(Sample.Rows, pairs, Sample.Settings, Pairs, 1);
        model.Classes.ShouldContain("food");
        Probability(model, "order lunch for the team", "food").ShouldBeGreaterThan(Probability(model, "order lunch for the team", "rooms"));
        StudentModel.Load(model.ToBytes()).ContentHash.ShouldBe(model.ContentHash);
    }

    [Fact]
    public void Train_WrongPairsOrSettings_SayWhichAndWhy()
    {
        static string Message(TextPair pair, PairSettings? settings = null) =>
            Should.Throw<ArgumentException>(() => StudentTrainer.Train(Sample.Rows, [Torn, pair], Sample.Settings, settings ?? Pairs, 1)).Message;
        Message(new TextPair("my room", "rooms", "rooms")).ShouldContain("Pair 1 ('my room') wants two different classes, it has 'rooms' and 'rooms'.");
        Message(new TextPair("my room", "rooms", " ")).ShouldContain("Pair 1");
        Message(Torn, Pairs with { Beta = 0 }).ShouldContain("Beta is 0, expected above 0 up to 100.");
        Message(Torn, Pairs with { Epochs = 0 }).ShouldContain("Epochs of pairs is 0");
        Message(Torn, Pairs with { Pace = 2 }).ShouldContain("Pace is 2");
    }

    private static double Probability(StudentModel model, string text, string label)
    {
        var all = new double[model.Classes.Count];
        model.PredictProbabilities(text, all);
        return all[model.Classes.ToList().IndexOf(label)];
    }

    private static double Gap(StudentModel model) => Probability(model, Torn.Text, "tickets") - Probability(model, Torn.Text, "rooms");
}
