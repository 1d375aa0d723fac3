using SelfImprove.DataGeneration.Splitting;
using SelfImprove.Tests.Agents;

namespace SelfImprove.Tests.DataGeneration;

public sealed class InputSplitTests
{
    private static readonly string[] Words = ["alpha", "bravo", "delta", "gamma", "omega", "sigma", "kappa", "theta", "lambda", "zeta"];

    private static List<string> Texts(int count) => [.. Enumerable.Range(0, count).Select(i => $"{Words[i % 10]} {Words[i / 10 % 10]} {Words[i / 100 % 10]} {(char)('a' + i % 26)}{i * 7919 % 10007}")];

    [Fact]
    public async Task Sides_ManyTexts_FollowTheShare()
    {
        var sides = await new InputSplit(new MemoryStore()).SidesAsync("helpdesk", Texts(3_000), 0.2);

        (sides.Count(s => s == SplitSide.Validation) / 3_000.0).ShouldBeInRange(0.15, 0.25);
    }

    [Fact]
    public async Task Sides_OtherProcessOtherOrderOtherShare_StayForEver()
    {
        var store = new MemoryStore();
        var texts = Texts(500);
        var first = await new InputSplit(store).SidesAsync("helpdesk", texts, 0.2);

        var other = new InputSplit(store);
        var again = new List<SplitSide>();
        foreach (var text in Enumerable.Reverse(texts).Take(100)) again.Add(await other.SideAsync("helpdesk", text, 0.5));

        again.ShouldBe(first.Reverse().Take(100));
    }

    [Fact]
    public async Task Sides_NearDuplicatesAndPersonalData_GoTogether()
    {
        var split = new InputSplit(new MemoryStore());
        foreach (var text in Texts(200))
        {
            var side = await split.SideAsync("helpdesk", $"please send the monthly report about {text} to ada@example.org", 0.5);
            (await split.SideAsync("helpdesk", $"Please send the monthly report about {text} to bo.smith@mail.example.com!!", 0.5)).ShouldBe(side);
            (await split.SideAsync("helpdesk", $"please send the monthly reports about {text} to x@y.org", 0.5)).ShouldBe(side);
        }
    }

    [Fact]
    public async Task Sides_LaterNeighbours_NeverChangeASide()
    {
        var split = new InputSplit(new MemoryStore());
        var texts = Texts(300).ConvertAll(t => $"please send me the report about {t}");
        var first = new List<SplitSide>();
        foreach (var text in texts) first.Add(await split.SideAsync("helpdesk", text, 0.5));

        (await split.SidesAsync("helpdesk", texts, 0.5)).ShouldBe(first);
    }

    [Fact]
    public async Task Sides_TwoProcessesAtOnce_Agree()
    {
        var store = new MemoryStore();
        var texts = Texts(400);
        var sides = await Task.WhenAll(Enumerable.Range(0, 4).Select(async p =>
        {
            var split = new InputSplit(store);
            var result = new Dictionary<string, SplitSide>();
            foreach (var some in texts.Skip(p * 50).Take(250).Chunk(25))
            {
                var given = await split.SidesAsync("helpdesk", some, 0.5);
                for (var i = 0; i < some.Length; i++) result[some[i]] = given[i];
            }
            return result;
        }));

        foreach (var text in texts) sides.Where(s => s.ContainsKey(text)).Select(s => s[text]).Distinct().Count().ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task Sides_TornLastLine_IsSurvived()
    {
        var store = new MemoryStore();
        var texts = Texts(50);
        var first = await new InputSplit(store).SidesAsync("helpdesk", texts, 0.5);
        var stored = (await store.ReadAsync("splits/helpdesk.ndjson"))!;
        await store.AppendAsync("splits/helpdesk.ndjson", "{\"t\":\"half a li"u8.ToArray(), stored.Length);

        var split = new InputSplit(store);
        (await split.SideAsync("helpdesk", "something quite different", 0.5)).ShouldBeOneOf(SplitSide.Training, SplitSide.Validation);
        (await new InputSplit(store).SidesAsync("helpdesk", texts, 0.5)).ShouldBe(first);
        var side = await split.SideAsync("helpdesk", "something quite different", 0.5);
        (await new InputSplit(store).SideAsync("helpdesk", "something quite different", 0.1)).ShouldBe(side);
    }

    [Fact]
    public async Task Sides_WrongShare_SaysWhatIsExpected() =>
        (await Should.ThrowAsync<ArgumentOutOfRangeException>(() => new InputSplit(new MemoryStore()).SideAsync("helpdesk", "x", 0.7))).Message.ShouldContain("at most 0.5");
}
