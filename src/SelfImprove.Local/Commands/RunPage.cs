using System.Globalization;
using SelfImprove.Api.Improvements;
using Spectre.Console;

namespace SelfImprove.Local.Commands;

/// <summary>A run as people read it.</summary>
internal static class RunPage
{
    public static void Write(IAnsiConsole console, RunView run)
    {
        console.Say(run.Outcome is { } outcome ? $"{run.Run}: {outcome.Ending.ToString().ToLowerInvariant()}. {outcome.Reason}" : $"{run.Run} is at {run.Stage} ({run.Status.ToString().ToLowerInvariant()}).");
        if (run.Cause is { } cause) console.Say($"  cause: {cause.By}: {cause.Evidence}");
        if (run.Plan is { } plan) console.Say($"  plan: {plan.Words ?? plan.Stop}");
        if (run.Card is { } card) console.Say($"  data: {card.Rows} rows, {card.NewRows} new");
        if (run.Report is { } report)
        {
            console.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"  report: {report.Verdict.ToString().ToLowerInvariant()}, {report.Candidate} {report.CandidateScore:0.000} against {report.Champion} {report.ChampionScore:0.000} on {report.Items} items"));
        }
        console.Say(string.Create(CultureInfo.InvariantCulture, $"  spent: {run.SpentUsd:0.00} USD"));
        if (run.Failure is { } failure) console.Say($"  failure: {failure}");
        foreach (var ask in run.Approvals) console.Say($"  asks ({ask.Gate}, until {ask.Due:u}): {ask.Question}\n  selfimprove approve {run.Run}   or   selfimprove reject {run.Run} --reason ...");
        if (run.Outcome is null && run.Stage == "data") console.Say("  people may be asked: selfimprove inbox list");
    }
}
