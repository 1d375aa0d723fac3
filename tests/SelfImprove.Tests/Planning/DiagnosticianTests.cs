using SelfImprove.Monitoring.Signals;
using SelfImprove.Planning;
using SelfImprove.Planning.Diagnosing;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Tests.Planning;

/// <summary>Each cause on a scenario that has it and nothing else, and on one that only looks like it.</summary>
public sealed class DiagnosticianTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    private static VersionSignals Signals(IEnumerable<double>? rewards = null, int failedOf100 = 0, int interactions = 1_000)
    {
        var recent = (rewards ?? []).Select((r, i) => new RecentReward(Start.AddMinutes(i), r, "billing")).ToList();
        return new VersionSignals
        {
            Interactions = interactions, Errors = failedOf100, Recent = recent,
            RecentRequests = [.. Enumerable.Range(0, 100).Select(i => new RecentRequest(Start.AddMinutes(i), i < failedOf100, null, 5))],
        };
    }

    private static List<JudgedItem> Pilot(int right, int wrong, string label = "billing", string? before = null) =>
        [.. Enumerable.Repeat(new JudgedItem(label, before, label), right), .. Enumerable.Repeat(new JudgedItem("other", before, label), wrong)];

    [Fact]
    public void Diagnose_NothingIsWrong_SaysNone() =>
        Diagnostician.Diagnose(new DiagnosisFacts { Champion = Signals(Enumerable.Repeat(1.0, 200)), Pilot = Pilot(100, 0), TeacherAccuracy = 0.99 }).Cause.ShouldBe(DiagnosisCause.None);

    [Fact]
    public void Diagnose_RequestsFail_IsInfrastructureBeforeAnythingElse()
    {
        var found = Diagnostician.Diagnose(new DiagnosisFacts { Champion = Signals(Falling(), failedOf100: 30), Pilot = Pilot(20, 80) });
        found.Cause.ShouldBe(DiagnosisCause.Infrastructure);
        found.CanTrain.ShouldBeFalse();
        found.Evidence[0].ShouldBe("30 of the last 100 requests failed (before: 0.0 %): repair the service, training would not help.");
        Diagnostician.Diagnose(new DiagnosisFacts { Champion = Signals(failedOf100: 3) }).Cause.ShouldNotBe(DiagnosisCause.Infrastructure, "three failures of a hundred are life");
    }

    [Fact]
    public void Diagnose_SourceContradictsAdjudicationOfItsOwnItems_IsBad()
    {
        static List<SourceItem> Items(int agrees, int contradicts) => [.. new SeededRandom("items").Sample(Turned(agrees, contradicts), agrees + contradicts)];
        Diagnosis Of(int agrees, int contradicts) => Diagnostician.Diagnose(new DiagnosisFacts
        {
            Champion = null, Adjudicated = new Dictionary<string, IReadOnlyList<SourceItem>> { ["human:eve"] = Items(38, 2), ["human:mallory"] = Items(agrees, contradicts) },
        });
        var found = Of(8, 32);
        found.Cause.ShouldBe(DiagnosisCause.BadFeedbackSource);
        found.Source.ShouldBe("human:mallory");
        found.Evidence[0].ShouldStartWith("Of 40 items that human:mallory judged, a teacher contradicts it on 32");
        Of(34, 6).Cause.ShouldNotBe(DiagnosisCause.BadFeedbackSource, "honest error");
        Of(2, 10).Cause.ShouldNotBe(DiagnosisCause.BadFeedbackSource, "too few items");
    }

    [Fact]
    public void Diagnose_SourceHasJustTurnedBad_IsFoundByItsLaterHalf()
    {
        var turned = Diagnostician.Diagnose(new DiagnosisFacts
        {
            Champion = null, Adjudicated = new Dictionary<string, IReadOnlyList<SourceItem>> { ["human:eve"] = Turned(38, 2), ["human:mallory"] = Turned(27, 13) },
        });
        (turned.Cause, turned.Source).ShouldBe((DiagnosisCause.BadFeedbackSource, "human:mallory"));
        turned.Evidence[0].ShouldStartWith("Of 20 items that human:mallory judged, a teacher contradicts it on 13");
    }

    private static List<SourceItem> Turned(int agrees, int contradicts) =>
        [.. Enumerable.Repeat(new SourceItem(1, true), agrees), .. Enumerable.Repeat(new SourceItem(0, true), contradicts)];

    [Fact]
    public void Diagnose_VersionBeforeIsBetterOnTheSameInputs_IsRegression()
    {
        List<JudgedItem> items = [.. Pilot(60, 0, before: "billing"), .. Pilot(0, 25, before: "billing"), .. Pilot(5, 0, before: "wrong")];
        var found = Diagnostician.Diagnose(new DiagnosisFacts { Champion = null, Previous = "v1", Pilot = items });
        found.Cause.ShouldBe(DiagnosisCause.Regression);
        found.RollBackTo.ShouldBe("v1");
        found.Evidence[0].ShouldContain("is right where the champion is wrong on 25, the other way round on 5");
        List<JudgedItem> even = [.. Pilot(60, 0, before: "billing"), .. Pilot(0, 12, before: "billing"), .. Pilot(12, 0, before: "wrong")];
        Diagnostician.Diagnose(new DiagnosisFacts { Champion = null, Previous = "v1", Pilot = even }).Cause.ShouldNotBe(DiagnosisCause.Regression);
    }

    [Fact]
    public void Diagnose_InputsWantDecisionsNeverTaught_IsInputShiftAndNamesThem()
    {
        var found = Diagnostician.Diagnose(new DiagnosisFacts
        {
            Champion = null, Pilot = [.. Pilot(80, 5), .. Pilot(0, 15, "refunds")], KnownDecisions = new Dictionary<string, int> { ["billing"] = 40, ["refunds"] = 1 },
        });
        found.Cause.ShouldBe(DiagnosisCause.InputShift);
        found.Evidence[0].ShouldBe("15 % of recent inputs want a decision that the champion was never taught: refunds.");
    }

    [Fact]
    public void Diagnose_DemonstrationsContradictEachOther_SaysSo()
    {
        var found = Diagnostician.Diagnose(new DiagnosisFacts { Champion = null, Pilot = Pilot(80, 20), Demonstrations = (40, 12) });
        found.Cause.ShouldBe(DiagnosisCause.ContradictoryLabels);
        found.Evidence[0].ShouldStartWith("12 of 40 demonstrations contradict");
        found.CanTrain.ShouldBeTrue();
        Diagnostician.Diagnose(new DiagnosisFacts { Champion = null, Demonstrations = (40, 4) }).Cause.ShouldNotBe(DiagnosisCause.ContradictoryLabels);
    }

    [Fact]
    public void Diagnose_RewardFell_FindsWhenItDid()
    {
        var found = Diagnostician.Diagnose(new DiagnosisFacts { Champion = Signals(Falling()), ThumbQuality = (0.7, 0.03) });
        found.Cause.ShouldBe(DiagnosisCause.InputShift);
        found.Since!.Value.ShouldBeInRange(Start.AddMinutes(190), Start.AddMinutes(210));
        found.Measured.ShouldBeFalse();
        found.ChampionError.ShouldBe(0.3, 1e-9);
    }

    [Fact]
    public void Diagnose_WeakSlice_IsTheLargestRecoverableMass()
    {
        List<JudgedItem> items =
        [
            .. Enumerable.Repeat(new JudgedItem("travel", null, "travel"), 60), .. Enumerable.Repeat(new JudgedItem("refund", null, "complaint"), 20),
            .. Enumerable.Repeat(new JudgedItem("refund", null, "refund"), 10),
        ];
        var found = Diagnostician.Diagnose(new DiagnosisFacts { Champion = null, Pilot = items, TeacherAccuracy = 0.98 });
        found.Cause.ShouldBe(DiagnosisCause.WeakSlices);
        found.Slices[0].Slice.ShouldBe("refund");
        found.Evidence[0].ShouldStartWith("The champion errs on 100 % of label=complaint (22.2 % of recent inputs), far more than elsewhere");
        found.Weakest!.Slice.ShouldBe("label=complaint");
    }

    [Theory]
    [InlineData(1.0, 0.2)]
    [InlineData(0.8, 0.2)]
    [InlineData(0.6, 0.05)]
    public void Diagnose_TeacherErrs_TheChampionsErrorIsCorrectedForIt(double accuracy, double error)
    {
        var disagree = (int)Math.Round(1_000 * (error + ((1 - error) * (1 - accuracy))));
        Diagnostician.Diagnose(new DiagnosisFacts { Champion = null, Pilot = Pilot(1_000 - disagree, disagree), TeacherAccuracy = accuracy }).ChampionError.ShouldBe(error, 0.01);
    }

    [Fact]
    public void FromThumbs_WrongThumbs_AreCorrectedFor()
    {
        Quality.FromThumbs(Signals(Enumerable.Range(0, 300).Select(i => i % 10 < 7 ? 1.0 : 0)), 0.1)!.Value.Mean.ShouldBe(0.75, 0.001);
        Quality.FromThumbs(Signals(Enumerable.Repeat(1.0, 19)), 0).ShouldBeNull("too few");
        Quality.FromThumbs(null, 0).ShouldBeNull();
        Quality.FromThumbs(Signals(Enumerable.Repeat(0.0, 50)), 0.1)!.Value.Mean.ShouldBe(0, "never below nothing");
    }

    [Fact]
    public void Suspicious_Sources_AreThoseFarFromAllOthersOrAtOddsOnSharedItems()
    {
        static SourceSignals Source(long judgements, double sum, long shared = 0, long agreed = 0, bool quarantined = false) =>
            new() { Judgements = judgements, RewardSum = sum, Shared = shared, Agreed = agreed, Quarantined = quarantined };
        var signals = SignalsWith(new Dictionary<string, SourceSignals>
        {
            ["human:a"] = Source(400, 360), ["human:b"] = Source(100, 92), ["human:liar"] = Source(100, 5), ["human:few"] = Source(10, 0),
            ["human:odd"] = Source(50, 45, 40, 10), ["human:known"] = Source(100, 0, quarantined: true),
        });
        var suspicious = SuspiciousSources.Of(signals);
        suspicious[0].ShouldBe("human:liar");
        suspicious.ShouldContain("human:odd");
        suspicious.ShouldNotContain("human:few");
        suspicious.ShouldNotContain("human:known");
        suspicious.ShouldNotContain("human:b");
        SuspiciousSources.Of(SignalsWith(new Dictionary<string, SourceSignals>())).ShouldBeEmpty();
    }

    private static IEnumerable<double> Falling() => Enumerable.Range(0, 400).Select(i => i < 200 ? (i % 20 == 0 ? 0.0 : 1) : (i % 2 == 0 ? 0.0 : 1));

    private static AgentSignals SignalsWith(Dictionary<string, SourceSignals> sources) => new() { Agent = "desk", Generation = 1, Sources = sources };
}
