using SelfImprove.Planning;

namespace SelfImprove.Tests.Planning;

public sealed class LearningCurveForecastTests
{
    private static LedgerGrowth Run(double exponent, int rows = 400, int added = 400, double error = 0.3, int items = 300) =>
        new(rows, added, error, error * Math.Pow((double)rows / (rows + added), exponent), items);

    [Fact]
    public void Exponent_WithNothingKnown_IsThePrior()
    {
        var forecast = new LearningCurveForecast(400, null, []);
        forecast.Exponent.ShouldBe(LearningCurveForecast.PriorExponent, 1e-9);
        forecast.Gain(0.3, 0, 400).Gain.ShouldBe(0.3 * (1 - Math.Pow(0.5, LearningCurveForecast.PriorExponent)), 1e-9);
        forecast.Gain(0.3, 0, 0).Gain.ShouldBe(0, 1e-12);
    }

    [Fact]
    public void Exponent_PastRuns_PullItAndNarrowIt()
    {
        var blind = new LearningCurveForecast(400, null, []);
        var flat = new LearningCurveForecast(400, null, Enumerable.Repeat(Run(0.1), 6));
        var steep = new LearningCurveForecast(400, null, Enumerable.Repeat(Run(0.9), 6));
        flat.Exponent.ShouldBeLessThan(0.4);
        steep.Exponent.ShouldBeGreaterThan(0.7);
        steep.ExponentSd.ShouldBeLessThan(blind.ExponentSd);
        new LearningCurveForecast(400, null, [Run(0.9, items: 20)]).Exponent.ShouldBeLessThan(new LearningCurveForecast(400, null, [Run(0.9, items: 2_000)]).Exponent, "few items say little");
    }

    [Fact]
    public void Exponent_SubSampledFits_PullIt()
    {
        var flat = new LearningCurveForecast(1_000, new SubSampledErrors(1_000, 0.30, 0.29), []);
        var steep = new LearningCurveForecast(1_000, new SubSampledErrors(1_000, 0.50, 0.25), []);
        flat.Exponent.ShouldBeLessThan(0.4);
        steep.Exponent.ShouldBeGreaterThan(0.6);
    }

    [Fact]
    public void Gain_Measured_ScattersMoreThanTheGainItself()
    {
        var forecast = new LearningCurveForecast(400, null, []);
        forecast.Gain(0.3, 0.02, 400, 100).Sd.ShouldBeGreaterThan(forecast.Gain(0.3, 0.02, 400, 1_000).Sd);
        forecast.Gain(0.3, 0.02, 400, 1_000).Sd.ShouldBeGreaterThan(forecast.Gain(0.3, 0.02, 400).Sd);
        forecast.Gain(0.3, 0.10, 400).Sd.ShouldBeGreaterThan(forecast.Gain(0.3, 0.02, 400).Sd);
    }

    [Fact]
    public void Gain_PastRunsFarFromTheCurve_WidensTheInterval()
    {
        LedgerGrowth Off(double by) => new(1_000, 500, 0.3, (0.3 * Math.Pow(2 / 3.0, 0.55)) + by, 5_000);
        var right = new LearningCurveForecast(1_000, null, [Off(0), Off(0), Off(0), Off(0), Off(0)]);
        var surprised = new LearningCurveForecast(1_000, null, [Off(0.06), Off(-0.06), Off(0.06), Off(-0.06), Off(0)]);
        surprised.Exponent.ShouldBe(right.Exponent, 0.15);
        surprised.Gain(0.3, 0, 500).Sd.ShouldBeGreaterThan(2 * right.Gain(0.3, 0, 500).Sd);
    }

    [Fact]
    public void Growth_EntriesWithoutStartOrEnd_TeachNothing()
    {
        static LedgerEntry Entry(int? rows, double? realised) => new("r", default, "p", 100, 0.1, realised, null, 1, 1, "Promoted") { ChampionRows = rows, ChampionError = 0.4, Items = 80 };
        Ledger.Growth([Entry(null, 0.1), Entry(200, null)]).ShouldBeEmpty();
        Ledger.Growth([Entry(200, 0.1)]).Single().ShouldBe(new LedgerGrowth(200, 100, 0.4, 0.4 - 0.1, 80));
    }
}
