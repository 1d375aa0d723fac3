using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Api.Bodies;
using SelfImprove.Api.Problems;
using SelfImprove.Audit;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Planning;
using SelfImprove.Storage;

namespace SelfImprove.Api.Agents;

/// <summary>Agents: their manifests, and what is known of them.</summary>
public static class AgentsApi
{
    /// <summary><c>GET /api/agents</c>.</summary>
    public static async Task<Ok<AgentList>> ListAsync(ManifestStore manifests, RoutingStore routing, RunRegister runs, CancellationToken cancellationToken)
    {
        var agents = new List<AgentSummary>();
        foreach (var agent in await manifests.ListAgentsAsync(cancellationToken))
        {
            if (await manifests.GetAsync(agent, cancellationToken) is not { } revision) continue;
            var table = await routing.GetAsync(agent, cancellationToken);
            agents.Add(new AgentSummary(
                agent, revision.Manifest.Description, revision.Revision, revision.Manifest.Improvement.Mode, table?.Champion, table?.Experiment?.Challenger,
                table?.Experiment?.Share,
                table?.Pause?.Until, await runs.ActiveAsync(agent, cancellationToken))
            {
                Stage = table?.Experiment?.Stage,
            });
        }
        return TypedResults.Ok(new AgentList(agents));
    }

    /// <summary><c>GET /api/agents/{agent}</c>.</summary>
    public static async Task<Results<Ok<AgentView>, ApiProblem>> GetAsync(
        ManifestStore manifests, RoutingStore routing, RunRegister runs, string agent, CancellationToken cancellationToken) =>
        await manifests.GetAsync(agent, cancellationToken) is { } revision
            ? TypedResults.Ok(new AgentView(
                agent, revision.Revision, revision.CreatedAt, revision.Manifest, await routing.GetAsync(agent, cancellationToken),
                await runs.ActiveAsync(agent, cancellationToken)))
            : ApiProblems.UnknownAgent(agent);

    /// <summary><c>PUT /api/agents/{agent}</c>: the body is the manifest, YAML or JSON. All mistakes are told at once.</summary>
    public static async Task<Results<Ok<ManifestPutView>, ApiProblem>> PutAsync(
        HttpContext http, ManifestStore manifests, string agent, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        if (!await JsonBody.UseAsync(http, text, static (_, text, bytes) =>
            {
                text.Append(Encoding.UTF8.GetString(bytes.Span));
                return Task.CompletedTask;
            })) return ErrorProblem.Of(StatusCodes.Status413PayloadTooLarge, null)!;
        var isYaml = http.Request.ContentType?.Contains("yaml", StringComparison.OrdinalIgnoreCase) == true;
        var put = await manifests.PutAsync(agent, text.ToString(), isYaml ? "manifest.yaml" : "manifest.json", cancellationToken);
        return put.Revision is { } revision
            ? TypedResults.Ok(new ManifestPutView(agent, revision.Revision, put.Warnings))
            : new ApiProblem(
                StatusCodes.Status400BadRequest, "invalid-manifest", "The manifest has mistakes: nothing was changed.",
                $"The manifest of {agent} has {put.Mistakes.Count} mistake(s).")
            {
                Errors = [.. put.Mistakes.Select(m => new ApiMistake(m.Path, $"found {m.Found}; expected {m.Expected}", m.Line))],
            };
    }

    /// <summary><c>GET /api/agents/{agent}/signals?recent=</c>: without the single requests, unless asked for.</summary>
    public static async Task<Results<Ok<AgentSignals>, ApiProblem>> SignalsAsync(
        ManifestStore manifests, JsonDocuments documents, string agent, bool? recent, CancellationToken cancellationToken)
    {
        if (await manifests.GetAsync(agent, cancellationToken) is null) return ApiProblems.UnknownAgent(agent);
        var signals = (await documents.ReadAsync<AgentSignals>($"agents/{agent}/signals.json", cancellationToken))?.Value ?? new AgentSignals { Agent = agent, Generation = 0 };
        return TypedResults.Ok(recent == true ? signals : signals with { Versions = signals.Versions.ToDictionary(v => v.Key, v => v.Value with { Recent = [], RecentRequests = [] }) });
    }

    /// <summary><c>GET /api/agents/{agent}/routing</c>.</summary>
    public static async Task<Results<Ok<RoutingTable>, ApiProblem>> RoutingAsync(
        ManifestStore manifests, RoutingStore routing, string agent, CancellationToken cancellationToken)
    {
        if (await manifests.GetAsync(agent, cancellationToken) is null) return ApiProblems.UnknownAgent(agent);
        return await routing.GetAsync(agent, cancellationToken) is { } table
            ? TypedResults.Ok(table)
            : new ApiProblem(StatusCodes.Status404NotFound, "no-version", "The agent has no version yet.", $"Register one: selfimprove versions add {agent} --data labelled.csv (or --model openai:main/student)");
    }

    /// <summary><c>GET /api/agents/{agent}/decisions?limit=</c>: what the triggers decided, and why.</summary>
    public static async Task<Results<Ok<DecisionList>, ApiProblem>> DecisionsAsync(
        ManifestStore manifests, DecisionLog decisions, string agent, int? limit, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > DecisionLog.SegmentSize) return ApiProblems.Invalid($"limit: expected 1 to {DecisionLog.SegmentSize}, found {limit}.", "limit");
        if (await manifests.GetAsync(agent, cancellationToken) is null) return ApiProblems.UnknownAgent(agent);
        return TypedResults.Ok(new DecisionList(await decisions.ReadAsync(agent, limit ?? 20, cancellationToken)));
    }

    /// <summary><c>GET /api/agents/{agent}/ledger</c>: predicted against realised gain and cost, per run.</summary>
    public static async Task<Results<Ok<IReadOnlyList<LedgerEntry>>, ApiProblem>> LedgerAsync(
        ManifestStore manifests, Ledger ledger, string agent, CancellationToken cancellationToken) =>
        await manifests.GetAsync(agent, cancellationToken) is null
            ? ApiProblems.UnknownAgent(agent)
            : TypedResults.Ok(await ledger.ReadAsync(agent, cancellationToken));
}
