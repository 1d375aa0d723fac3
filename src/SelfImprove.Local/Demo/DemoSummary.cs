using System.Globalization;
using SelfImprove.Planning;
using Spectre.Console;

namespace SelfImprove.Local.Demo;

/// <summary>Prints what came of the demo. Every number in it was measured in this run.</summary>
public static class DemoSummary
{
    /// <summary>Prints it.</summary>
    public static void Print(IAnsiConsole console, DemoResult result, string folder, string? store)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("").AddColumn("measured").HideHeaders();
        void Row(string name, string value) => table.AddRow(Markup.Escape(name), Markup.Escape(value));

        Row("reward, as users said", $"{Percent(result.Reward.Before)} before the drift, {Percent(result.Reward.Low)} at the lowest, {Percent(result.Reward.After)} after promotion (thumbs, {DemoScript.Wrong:P0} of them wrong)");
        Row("accuracy, live", $"{Percent(result.Live.Before)} before the drift, {Percent(result.Live.Low)} at its lowest, {Percent(result.Live.After)} after promotion");
        Row($"accuracy, {result.HeldOut.Texts:N0} held-out texts", $"{Percent(result.HeldOut.Start)} first version, {Percent(result.HeldOut.Final)} now");
        Row("for comparison", $"{Percent(result.HeldOut.RandomLabels)} with as many inputs chosen at random, labelled by the stronger model; {Percent(result.HeldOut.AllLabels)} with every true label there is");
        if (result.Cause is { } cause) Row("triggered by", $"{cause.By}: {cause.Evidence}");
        if (result.Choice is { } choice) Plan(Row, result, choice);
        if (result.Ledger is { } ledger)
        {
            Row("gain, predicted / realised", $"{Signed(ledger.PredictedGain)} / {Signed(ledger.RealisedGain)} on validation items");
            Row("cost, predicted / charged", string.Create(CultureInfo.InvariantCulture, $"{ledger.PredictedCostUsd:0.00} / {ledger.RealisedCostUsd:0.00} USD ({string.Join(", ", result.SpentUsd.Where(s => s.Value > 0).Select(s => $"{s.Key} {s.Value:0.00}"))})"));
        }
        if (result.Card is { } card)
        {
            var filtered = card.Filtered.Count == 0 ? "nothing refused" : "refused: " + string.Join(", ", card.Filtered.Select(f => $"{f.Value} {f.Key}"));
            Row("training rows", $"{card.NewRows} new ({string.Join(", ", card.Sources.Select(s => $"{s.Value} from {s.Key}"))}), {card.Rows} in all; {filtered}");
        }
        if (result.TrainingSeconds is { } seconds) Row("training time", string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s"));
        if (result.Verdict is { } verdict)
            Row("verdict", string.Create(CultureInfo.InvariantCulture, $"{verdict.Verdict}: {verdict.Candidate:0.000} against {verdict.Champion:0.000} on {verdict.Items} items, difference {Signed(verdict.Low)} to {Signed(verdict.High)}"));
        if (result.Rollout is { } rollout)
            Row("A/B test", string.Create(CultureInfo.InvariantCulture, $"{rollout.Outcome} after {rollout.Requests} requests ({rollout.ChampionRequests + rollout.ChallengerRequests} judged): {rollout.Reason}"));
        if (result.Outcome is { } outcome) Row("outcome", $"{outcome.Ending}, {outcome.Champion} serves");
        Row("requests, time, memory", string.Create(CultureInfo.InvariantCulture, $"{result.Requests:N0} requests, {result.Seconds:0.0} s, {result.PeakMiB:0} MiB at most"));

        console.WriteLine();
        console.Write(table);
        console.WriteLine(result.Promoted
            ? "The challenger was promoted on evidence."
            : $"No challenger was promoted: {result.Outcome?.Reason ?? "no policy fired; there was nothing to gain, or too little traffic to see it."}");
        console.WriteLine(store is null
            ? $"Everything is kept in {folder}: plans, dataset, report and audit of {result.Run ?? "the agent"} under store/."
            : $"Plans, dataset, report and audit of {result.Run ?? "the agent"} are kept in {store}; the engine's file in {folder}, which remembers the store.");
        console.WriteLine($"Next: selfimprove serve --folder {folder}    (dotnet run --project src/SelfImprove.Local -- serve --folder {folder})");
    }

    private static void Plan(Action<string, string> row, DemoResult result, PlanChoice choice)
    {
        if (choice.Chosen is not { } chosen)
        {
            row("plan", choice.Stop ?? "none");
            return;
        }
        row("plan", $"{(result.Waited > 0 ? $"after waiting for {result.Waited} requests: " : "")}{chosen.Describe()}");
        var others = choice.Candidates.Where(c => c.Plan != chosen.Plan).DistinctBy(c => (c.Plan.Strategy, c.Plan.Teacher, c.Plan.Wait > 0)).Take(3)
            .Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Describe()}: net {c.NetUsd:0} USD{Remark(c, chosen)}"));
        row("runners-up", string.Create(CultureInfo.InvariantCulture, $"(chosen: net {chosen.NetUsd:0} USD) ") + string.Join("; ", others));
    }

    private static string Remark(CandidatePlan other, CandidatePlan chosen) => other switch
    {
        { Obstacle: { } obstacle } => $" ({obstacle})",
        _ when other.NetUsd > chosen.NetUsd && other.Plan.Wait > 0 => " (not chosen: waiting has to promise clearly more)",
        _ => "",
    };

    private static string Percent(double? share) => share is { } value ? value.ToString("P1", CultureInfo.InvariantCulture) : "-";

    private static string Signed(double? value) => value?.ToString("+0.000;-0.000", CultureInfo.InvariantCulture) ?? "-";
}
