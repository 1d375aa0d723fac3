using System.Text.Json;

namespace SelfImprove.Local.Tests.Commands;

public sealed class CalibrateCommandTests
{
    [Fact]
    public async Task Calibrate_OwnRates_TellsThresholdFalseAlarmsAndDelay()
    {
        string[] args = ["calibrate", "--error", "0.1", "--wrong", "0.15", "--streams", "30", "--json"];
        var (code, output, error) = await RunAsync(args);

        code.ShouldBe(0, error);
        using var found = JsonDocument.Parse(output);
        double Of(string name) => found.RootElement.GetProperty(name).GetDouble();
        Of("thumbsDown").ShouldBe(0.22, 1e-9);
        Of("to").ShouldBe(0.2, 1e-9);
        Of("falseAlarmsPerThousand").ShouldBeLessThanOrEqualTo(0.05);
        (Of("judged"), Of("reference")).ShouldBe((2_400, 1_000));
        Of("falseAlarmsHigh").ShouldBeGreaterThanOrEqualTo(Of("falseAlarmsPerThousand"));
        Of("falseAlarmsLow").ShouldBeLessThanOrEqualTo(Of("falseAlarmsPerThousand"));
        Of("medianDelay").ShouldBeInRange(150, 350);
        Of("medianDelayOfNewVersion").ShouldBeInRange(50, 1_000);
        (await RunAsync(args)).Output.ShouldBe(output, "seeded");
    }

    [Fact]
    public async Task Calibrate_ForPeople_SaysWhatTheFiguresMean()
    {
        var (code, output, _) = await RunAsync("calibrate", "--error", "0.1", "--judged", "600", "--streams", "20");

        code.ShouldBe(0);
        output.ShouldContain("10.0 % thumbs down");
        output.ShouldContain("After 600 judged tasks the trigger compares with the first 300");
        output.ShouldContain("from its first request is noticed after");
        output.ShouldContain("rises from 0.1 to 0.2 is noticed after");
    }

    [Theory]
    [InlineData("--error", "1.5", "--error is a share from 0.001 to 0.9")]
    [InlineData("--judged", "20", "--judged is a number from 100 to 20000")]
    [InlineData("--slices", "201", "--slices is a number from 0 to 200")]
    [InlineData("--to", "0.05", "--to is a share above --error")]
    public async Task Calibrate_OutOfRange_SaysWhatIsExpected(string option, string value, string expected)
    {
        var (code, _, error) = await RunAsync("calibrate", option, value);

        code.ShouldBe(2);
        error.ShouldContain(expected);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await SelfImprove.Local.Commands.CommandLine.RunAsync(args, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
