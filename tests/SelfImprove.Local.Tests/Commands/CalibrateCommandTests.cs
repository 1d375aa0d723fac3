using System.Text.Json;

namespace SelfImprove.Local.Tests.Commands;

public sealed class CalibrateCommandTests
{
    [Fact]
    public async Task Calibrate_OwnRates_TellsThresholdFalseAlarmsAndDelay()
    {
        string[] args = ["calibrate", "--error", "0.1", "--wrong", "0.15", "--reference", "1000", "--streams", "60", "--json"];
        var (code, output, error) = await RunAsync(args);

        code.ShouldBe(0, error);
        using var found = JsonDocument.Parse(output);
        double Of(string name) => found.RootElement.GetProperty(name).GetDouble();
        Of("thumbsDown").ShouldBe(0.22, 1e-9);
        Of("to").ShouldBe(0.2, 1e-9);
        Of("falseAlarmsPerThousand").ShouldBeLessThan(0.1);
        Of("falseAlarmsHigh").ShouldBeGreaterThanOrEqualTo(Of("falseAlarmsPerThousand"));
        Of("falseAlarmsLow").ShouldBeLessThanOrEqualTo(Of("falseAlarmsPerThousand"));
        Of("medianDelay").ShouldBeInRange(150, 400);
        (await RunAsync(args)).Output.ShouldBe(output, "seeded");
    }

    [Fact]
    public async Task Calibrate_ForPeople_SaysWhatTheFiguresMean()
    {
        var (code, output, _) = await RunAsync("calibrate", "--error", "0.1", "--reference", "500", "--streams", "30");

        code.ShouldBe(0);
        output.ShouldContain("10.0 % thumbs down when all is well, learned from 500 judged tasks");
        output.ShouldContain("rises from 0.1 to 0.2 is noticed after");
    }

    [Theory]
    [InlineData("--error", "1.5", "--error is a share from 0.001 to 0.9")]
    [InlineData("--reference", "20", "--reference is a number from 50 to 1000")]
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
