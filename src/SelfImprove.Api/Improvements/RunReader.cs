using System.Globalization;
using System.Text.Json;
using SelfImprove.DataGeneration;
using SelfImprove.Evaluation.Judging;
using SelfImprove.Loop;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Orchestration;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Runs.Approvals;
using SelfImprove.Storage;

namespace SelfImprove.Api.Improvements;

/// <summary>Puts together what is known of runs: what the engine says of those it still knows, and the files that every run leaves.</summary>
/// <param name="store">Lists the files.</param>
/// <param name="documents">Reads them.</param>
/// <param name="client">Asks the engine.</param>
/// <param name="register">Knows why runs were started.</param>
/// <param name="approvals">Knows what waits for a person.</param>
/// <param name="spend">Knows what was spent.</param>
public sealed class RunReader(
    IObjectStore store, JsonDocuments documents, IOrchestrationClient client, RunRegister register, ApprovalService approvals, SpendBook spend)
{
    /// <summary>The agent of a run's id, <c>{agent}-{n}</c>; null where it is none.</summary>
    public static string? AgentOf(string run)
    {
        var dash = run.LastIndexOf('-');
        return dash > 0 && dash < run.Length - 1 && run.AsSpan(dash + 1).ContainsAnyExceptInRange('0', '9') is false && StoragePath.IsName(run[..dash])
            ? run[..dash]
            : null;
    }

    /// <summary>An agent's runs, the newest first.</summary>
    public async Task<IReadOnlyList<RunSummary>> ListAsync(string agent, int most, CancellationToken cancellationToken = default)
    {
        var runs = new SortedSet<string>(Comparer<string>.Create((a, b) => a.Length != b.Length ? b.Length.CompareTo(a.Length) : string.CompareOrdinal(b, a)));
        await foreach (var entry in store.ListAsync($"runs/{agent}/", cancellationToken: cancellationToken)) runs.Add(entry.Path.Split('/')[2]);
        var summaries = new List<RunSummary>();
        foreach (var run in runs.Take(most))
        {
            var state = await client.GetAsync(run, cancellationToken);
            var outcome = await OutcomeAsync(agent, run, state, cancellationToken);
            summaries.Add(new RunSummary(run, agent, StatusOf(state, outcome), await CauseAsync(agent, run, cancellationToken), outcome));
        }
        return summaries;
    }

    /// <summary>A run; null where there is none.</summary>
    public async Task<RunView?> GetAsync(string run, CancellationToken cancellationToken = default)
    {
        if (AgentOf(run) is not { } agent) return null;
        var state = await client.GetAsync(run, cancellationToken);
        var files = new List<string>();
        await foreach (var entry in store.ListAsync($"runs/{agent}/{run}/", cancellationToken: cancellationToken)) files.Add(entry.Path);
        if (state is null && files.Count == 0) return null;
        var outcome = await OutcomeAsync(agent, run, state, cancellationToken);
        var (stage, status) = await StageAsync(run, state, outcome, cancellationToken);
        var plan = Last(files, "plan-", ".json");
        var report = await ReadAsync<EvaluationReport>(Last(files, "report-", ".json").Path, cancellationToken);
        var choice = await ReadAsync<PlanChoice>(plan.Path, cancellationToken);
        return new RunView
        {
            Run = run,
            Agent = agent,
            Status = StatusOf(state, outcome),
            Stage = stage,
            StageStatus = status,
            Round = plan.Round,
            Cause = await CauseAsync(agent, run, cancellationToken),
            StartedAt = state?.CreatedAt,
            UpdatedAt = state?.UpdatedAt,
            Plan = choice is null ? null : PlanSummary.Of(choice),
            Card = await ReadAsync<DatasetCard>(Last(files, "dataset-", ".card.json").Path, cancellationToken),
            Report = report is null ? null : ReportSummary.Of(report),
            Outcome = outcome,
            Approvals = outcome is null ? await approvals.OpenAsync(agent, run, cancellationToken) : [],
            SpentUsd = await spend.OfRunAsync(new RunRef(agent, run, 0, 0), cancellationToken),
            Failure = state?.Failure?.Message,
        };
    }

    private async Task<ImprovementOutcome?> OutcomeAsync(string agent, string run, OrchestrationState? state, CancellationToken cancellationToken) =>
        (await ReadAsync<RunRecord>(new RunRef(agent, run, 0, 0).Path("outcome.json"), cancellationToken))?.Outcome
        ?? (state?.Status == OrchestrationStatus.Completed ? state.OutputAs<ImprovementOutcome>() : null);

    private async Task<ImprovementCause?> CauseAsync(string agent, string run, CancellationToken cancellationToken) =>
        (await register.StartOfAsync(agent, run, cancellationToken))?.Cause;

    private async Task<T?> ReadAsync<T>(string? path, CancellationToken cancellationToken) where T : class =>
        path is null ? null : (await documents.ReadAsync<T>(path, cancellationToken))?.Value;

    // The stage is told by the child that works: its id is {run}/{stage}/{round}, or {run}/{stage}-{round}.
    private async Task<(string Stage, JsonElement? Status)> StageAsync(
        string run, OrchestrationState? state, ImprovementOutcome? outcome, CancellationToken cancellationToken)
    {
        if (outcome is not null || state is null or { HasEnded: true }) return ("ended", null);
        OrchestrationState? working = null;
        await foreach (var child in client.ListAsync(run + "/", cancellationToken))
            if (!child.HasEnded && child.InstanceId.AsSpan(run.Length + 1).Count('/') <= 1 && (working is null || child.CreatedAt >= working.CreatedAt))
                working = child;
        if (working is not null)
        {
            var (name, status) = (working.InstanceId.Split('/')[1].Split('-')[0], Parse(working.CustomStatus));
            return (name == "rollout" ? Said(status) ?? name : name, status);
        }
        var own = Parse(state.CustomStatus);
        return (Said(own) ?? "planning", own);
    }

    /// <summary>The stage that a status names itself, as a rollout in the shadow does.</summary>
    private static string? Said(JsonElement? status) =>
        status is { ValueKind: JsonValueKind.Object } said && said.TryGetProperty("stage", out var stage) && stage.ValueKind == JsonValueKind.String ? stage.GetString() : null;

    private static JsonElement? Parse(string? json) => json is null ? null : JsonSerializer.Deserialize<JsonElement>(json);

    private static OrchestrationStatus StatusOf(OrchestrationState? state, ImprovementOutcome? outcome) =>
        state?.Status ?? (outcome is null ? OrchestrationStatus.Pending : OrchestrationStatus.Completed);

    // A stage that looks more than once in a round numbers its looks: plan-2.1.json is the first look of round 2.
    private static (string? Path, int Round) Last(IEnumerable<string> files, string prefix, string suffix)
    {
        (string? Path, int Round, int Look) last = default;
        foreach (var path in files)
        {
            var name = path.AsSpan(path.LastIndexOf('/') + 1);
            if (!name.StartsWith(prefix) || !name.EndsWith(suffix) || name.Length <= prefix.Length + suffix.Length) continue;
            var number = name[prefix.Length..^suffix.Length];
            var dot = number.IndexOf('.');
            var look = 0;
            if (!IsNumber(dot < 0 ? number : number[..dot], out var round) || (dot >= 0 && !IsNumber(number[(dot + 1)..], out look))) continue;
            if ((round, look).CompareTo((last.Round, last.Look)) > 0) last = (path, round, look);
        }
        return (last.Path, last.Round);
    }

    private static bool IsNumber(ReadOnlySpan<char> text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
