using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SelfImprove.Training.Builtin;
using SelfImprove.Testing;

namespace SelfImprove.Tests.Training.Builtin;

public sealed class StudentModelTests
{
    private static readonly StudentModel s_model = Sample.Train();

    [Fact]
    public void PredictProbabilities_OfAnyText_SumToOneAndAgreeWithPredict() =>
        Check.One(Properties.Checked.WithMaxTest(500), Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
        {
            var probabilities = new double[3];
            s_model.PredictProbabilities(text.Get, probabilities);
            var prediction = s_model.Predict(text.Get);

            probabilities.Sum().ShouldBe(1, 1e-6);
            var ranked = probabilities.OrderDescending().ToArray();
            prediction.Probability.ShouldBe(ranked[0], 1e-5);
            prediction.Margin.ShouldBe(ranked[0] - ranked[1], 1e-5);
            probabilities[s_model.Classes.ToList().IndexOf(prediction.Label)].ShouldBe(ranked[0], 1e-9);
        }));

    [Theory]
    [InlineData("")]
    [InlineData("   \t\n")]
    [InlineData("!!! ... ---")]
    [InlineData("жщъ")]
    public void Predict_WithoutAnyKnownFeature_AnswersTheClassPrior(string text)
    {
        var model = StudentTrainer.Train([new("alpha", "rare"), new("beta", "common"), new("gamma", "common"), new("delta", "common")], new() { HashBits = 18 }, 1);
        var probabilities = new double[2];

        model.PredictProbabilities(text, probabilities);

        probabilities[0].ShouldBe(0.75, 1e-6);
        model.Predict(text).Label.ShouldBe("common");
        model.Predict(text).Margin.ShouldBe(0.5, 1e-6);
    }

    [Theory]
    [InlineData("会議室を予約してください", "rooms")]
    [InlineData("今日は会議室", "rooms")]
    [InlineData("休みを取りたい", "leave")]
    [InlineData("мне нужен отпуск", "leave")]
    [InlineData("ОТПУСК", "leave")]
    [InlineData("🖨️", "tickets")]
    [InlineData("αίθουσα", "rooms")]
    public void Predict_OfTextInAnyScript_LearnsIt(string text, string expected)
    {
        TextExample[] rows =
        [
            new("会議室を押さえて", "rooms"),
            new("会議室は空いていますか", "rooms"), new("κράτηση για μια αίθουσα", "rooms"), new("休みをください", "leave"),
            new("休みの申請", "leave"),
            new("Прошу отпуск в июне", "leave"), new("отпуск на неделю", "leave"), new("🖨️ kaputt", "tickets"),
            new("🖨️ druckt nicht", "tickets"), new("Bildschirm schwarz", "tickets"),
        ];

        StudentTrainer.Train(rows, new(), 1).Predict(text).Label.ShouldBe(expected);
    }

    [Fact]
    public void Predict_IgnoresCaseApostrophesAndSpacing()
    {
        s_model.Predict("  THE   printer\tdoesn't  WORK ").ShouldBe(s_model.Predict("the printer doesnt work"));
        s_model.Predict("the printer doesn\u2019t work").ShouldBe(s_model.Predict("the printer doesnt work"));
    }

    [Fact]
    public void Predict_OfLoneSurrogatesAndNulls_DoesNotThrow()
    {
        s_model.Predict("room \uD83D broken \0 \uDC00").Probability.ShouldBeGreaterThan(0);
        s_model.Predict(new string('\uD800', 5000)).Probability.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Predict_OfAVeryLongText_ReadsItsBeginningOnly()
    {
        var text = new StringBuilder().Insert(0, "room ", 900).ToString();

        s_model.Predict(text + new string('x', 200_000)).ShouldBe(s_model.Predict((text + new string('x', 200_000))[..4096]));
    }

    [Fact]
    public void Predict_FromManyThreads_AnswersAsFromOne()
    {
        var expected = Sample.Rows.Select(row => s_model.Predict(row.Text)).ToArray();

        Parallel.For(0, 2000, i => s_model.Predict(Sample.Rows[i % expected.Length].Text).ShouldBe(expected[i % expected.Length]));
    }

    [Fact]
    public void Predict_OnceWarm_AllocatesNothing()
    {
        s_model.Predict("book a room for tomorrow");
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++)
            s_model.Predict("book a room for tomorrow");

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1000);
    }

    [Fact]
    public void PredictProbabilities_IntoABufferOfAnotherLength_Throws() =>
        Should.Throw<ArgumentException>(() => s_model.PredictProbabilities("a", new double[5])).Message.ShouldContain("3 classes");
}
