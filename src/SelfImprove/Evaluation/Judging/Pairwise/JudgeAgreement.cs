using System.Globalization;
using SelfImprove.Agents.Manifests;
using SelfImprove.Evaluation.Scoring;
using SelfImprove.Statistics.Agreement;

namespace SelfImprove.Evaluation.Judging.Pairwise;

/// <summary>
/// Measures judges by people: on the items that people labelled (the administrator's golden items among them), people's own preference between the two answers
/// follows from their label by the evaluator; the judges' verdicts are held against it. Only pairs that the judges were asked about count: with many pairs of equal
/// answers, on which all agree that they are alike, even a judge that guesses would seem to agree. Pure.
/// </summary>
public static class JudgeAgreement
{
    /// <summary>Fewer items that people labelled say nothing of a judge.</summary>
    public const int FewestItems = 30;

    /// <summary>A graded score's difference below this is none.</summary>
    public const double SameScore = 0.05;

    /// <summary>What people prefer on an item; null where no person has labelled it.</summary>
    public static PairVerdict? PreferenceOfPeople(ItemScore item)
    {
        if (!item.IsLabelled || (!item.Golden && !item.Source.StartsWith("people:", StringComparison.Ordinal))) return null;
        var gain = item.Candidate.Score - item.Champion.Score;
        return gain > SameScore ? PairVerdict.Candidate : gain < -SameScore ? PairVerdict.Champion : PairVerdict.Tie;
    }

    /// <summary>An item whose scores are the judges' verdict: 1 for a version whose answer is at least as good, 0 for the other's; both 1 in a tie, so that the
    /// paired test counts wins and losses.</summary>
    public static ItemScore AsJudged(ItemScore item) => item with
    {
        Stratum = ItemStratum.Uniform,
        Champion = item.Champion with { Score = item.Judged?.Verdict is PairVerdict.Candidate ? 0 : 1 },
        Candidate = item.Candidate with { Score = item.Judged?.Verdict is PairVerdict.Champion ? 0 : 1 },
    };

    /// <summary>The report.</summary>
    public static JudgeReport Measure(JudgeSettings settings, IReadOnlyList<ItemScore> items)
    {
        var verdicts = items.Where(i => !i.Golden).Select(i => i.Judged?.Verdict).ToList();
        var both = items.Select(i => (People: PreferenceOfPeople(i), Judges: i.Judged?.Verdict, i.Judged))
            .Where(b => b.People is not null && b.Judges is not null && !b.Judged!.IsSame).ToList();
        List<PairVerdict> people = [.. both.Select(b => b.People!.Value)], judges = [.. both.Select(b => b.Judges!.Value)];
        var kappa = CohenKappa.Compute(people, judges);
        var interval = CohenKappaInterval.Compute(people, judges);
        var (may, words) = Decide(settings, both.Count, kappa, interval);
        var asked = items.Where(i => i.Judged is { IsSame: false }).ToList();
        var single = asked.Sum(i => i.Judged!.ByJudge.Count(v => v is not null));
        return new JudgeReport
        {
            Models = settings.Models,
            Judged = verdicts.Count(v => v is not null),
            Unjudged = verdicts.Count(v => v is null),
            CandidateBetter = verdicts.Count(v => v is PairVerdict.Candidate),
            Ties = verdicts.Count(v => v is PairVerdict.Tie),
            ChampionBetter = verdicts.Count(v => v is PairVerdict.Champion),
            TurnedShare = single == 0 ? 0 : asked.Sum(i => i.Judged!.Turned) / (double)single,
            PeopleItems = both.Count,
            Kappa = kappa,
            KappaLow = interval?.Lower,
            KappaHigh = interval?.Upper,
            KappaByJudge = [.. settings.Models.Select((_, j) => Alone([.. both.Select(b => (b.People!.Value, b.Judged!.ByJudge.ElementAtOrDefault(j)))]))],
            PanelAlpha = settings.Models.Count < 2 ? null : KrippendorffAlpha.Compute(
                [.. settings.Models.Select((_, j) => (IReadOnlyList<double?>)[.. asked.Select(i => (double?)(int?)i.Judged!.ByJudge.ElementAtOrDefault(j))])]),
            LeastKappa = settings.LeastKappa,
            MayDecide = may,
            Words = words,
        };
    }

    private static double? Alone(IReadOnlyList<(PairVerdict People, PairVerdict? Judge)> both)
    {
        var given = both.Where(b => b.Judge is not null).ToList();
        return CohenKappa.Compute([.. given.Select(g => g.People)], [.. given.Select(g => g.Judge!.Value)]);
    }

    private static (bool May, string Words) Decide(JudgeSettings settings, int items, double? kappa, Statistics.ConfidenceInterval? interval)
    {
        if (items < FewestItems)
            return (false, Text($"only reported: {items} of the judged items were labelled by people, at least {FewestItems} are needed to measure agreement"));
        if (kappa is null || interval is not { } ends)
            return (false, Text($"only reported: on {items} items people and judges used one and the same verdict alone, which says nothing of their agreement"));
        var numbers = Text($"kappa with people {kappa:0.00} [{ends.Lower:0.00}, {ends.Upper:0.00}] on {items} items, the lower end has to reach {settings.LeastKappa:0.##}");
        return ends.Lower >= settings.LeastKappa ? (true, $"may decide: {numbers}") : (false, $"only reported: {numbers}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
