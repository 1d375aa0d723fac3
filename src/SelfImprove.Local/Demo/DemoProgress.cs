using SelfImprove.Agents.Routing;
using SelfImprove.DataGeneration;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Storage;
using Spectre.Console;

namespace SelfImprove.Local.Demo;

/// <summary>Tells what happens, as it happens: on a terminal with colours and a line that refreshes itself, else plain lines.</summary>
/// <param name="console">Where to.</param>
/// <param name="silent">Says nothing: the caller wants JSON alone.</param>
public sealed class DemoProgress(IAnsiConsole console, bool silent)
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly bool _live = !Console.IsOutputRedirected && !silent;
    private bool _onLiveLine;
    private int _toldLive;

    /// <summary>A stage begins.</summary>
    public void Stage(string name, string words) => Say($"[bold teal]{Markup.Escape(name)}[/]  {Markup.Escape(words)}");

    /// <summary>A remark on the stage.</summary>
    public void Note(string words) => Say($"  {Markup.Escape(words)}");

    /// <summary>Where the traffic stands.</summary>
    public void Live(DemoMeter meter)
    {
        var words = $"  request {meter.Count:N0}, accuracy of the last {DemoMeter.Window}: {meter.Over(Math.Max(0, meter.Count - DemoMeter.Window), meter.Count):P1}";
        if (_live)
        {
            console.Write($"\r{words}   ");
            _onLiveLine = true;
        }
        else if (meter.Count >= _toldLive + 250)
        {
            _toldLive = meter.Count;
            Say(Markup.Escape(words));
        }
    }

    /// <summary>Tells what a run has newly written down.</summary>
    public async Task FollowAsync(IServiceProvider services, string agent, string? run, CancellationToken cancellationToken)
    {
        if (run is null || silent) return;
        var (store, documents) = (services.GetRequiredService<IObjectStore>(), services.GetRequiredService<JsonDocuments>());
        await foreach (var entry in store.ListAsync($"runs/{agent}/{run}/", cancellationToken: cancellationToken))
        {
            if (!_told.Add(entry.Path)) continue;
            var file = entry.Path[(entry.Path.LastIndexOf('/') + 1)..];
            if (file.StartsWith("plan-", StringComparison.Ordinal) && file.Count(c => c == '.') == 2)
                TellPlan((await documents.ReadAsync<PlanChoice>(entry.Path, cancellationToken))!.Value);
            else if (file.EndsWith(".card.json", StringComparison.Ordinal))
                TellCard((await documents.ReadAsync<DatasetCard>(entry.Path, cancellationToken))!.Value);
            else if (file.StartsWith("report-", StringComparison.Ordinal) && file.EndsWith(".md", StringComparison.Ordinal))
                Stage("Evaluated", $"the report: {entry.Path}");
        }
        var table = await services.GetRequiredService<RoutingStore>().GetAsync(agent, cancellationToken);
        if (table is not null && _told.Add($"routing {table.Revision}"))
            Note(table.Experiment is { Stage: RolloutStage.Shadow, Challenger: var unseen } ? $"routing: {unseen} answers in the shadow of {table.Champion}"
                : table.Experiment is { } experiment ? $"routing: {experiment.Challenger} challenges {table.Champion} on {experiment.Share:P0} of the users" : $"routing: {table.Champion} serves");
    }

    private void TellPlan(PlanChoice choice)
    {
        Stage("Planned", choice.Diagnosis.Evidence.FirstOrDefault() ?? choice.Diagnosis.Cause.ToString());
        if (choice.Chosen is { } chosen)
            Note($"{chosen.Describe()}; predicted gain {chosen.Gain:+0.000;-0.000} +- {chosen.GainSd:0.000}, cost {chosen.CostUsd:0.00} USD, net {chosen.NetUsd:0.00} USD");
        else
            Note(choice.Stop ?? "nothing to do");
    }

    private void TellCard(DatasetCard card)
    {
        var filtered = card.Filtered.Count == 0 ? "none refused" : "refused: " + string.Join(", ", card.Filtered.Select(f => $"{f.Value} {f.Key}"));
        Stage("Gathered", $"{card.NewRows} new rows ({filtered}), {card.Rows} in all");
    }

    private void Say(string markup)
    {
        if (silent) return;
        if (_onLiveLine) console.WriteLine();
        _onLiveLine = false;
        console.MarkupLine(markup);
    }
}
