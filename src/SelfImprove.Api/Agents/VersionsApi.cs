using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.Api.Bodies;
using SelfImprove.Api.Problems;
using SelfImprove.Api.Security;
using SelfImprove.Deployment;
using SelfImprove.Training;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Api.Agents;

/// <summary>Versions: list them, make the first, go back to an earlier one.</summary>
public static class VersionsApi
{
    private const int MaxReason = 2_000;
    private const int MaxText = 20_000;

    /// <summary><c>GET /api/agents/{agent}/versions</c>.</summary>
    public static async Task<Results<Ok<VersionList>, ApiProblem>> ListAsync(
        ManifestStore manifests, VersionStore versions, RoutingStore routing, string agent, CancellationToken cancellationToken) =>
        await manifests.GetAsync(agent, cancellationToken) is null
            ? ApiProblems.UnknownAgent(agent)
            : TypedResults.Ok(new VersionList((await routing.GetAsync(agent, cancellationToken))?.Champion, await versions.ListAsync(agent, cancellationToken)));

    /// <summary><c>POST /api/agents/{agent}/versions</c>: trains a built-in student on labelled texts, or takes a model that is there already. An agent's
    /// first version serves at once; a later one waits.</summary>
    public static async Task<Results<Created<AgentVersion>, ApiProblem>> AddAsync(
        HttpContext http, ManifestStore manifests, StartingVersion starting, AdoptedModel adopted, string agent, CancellationToken cancellationToken)
    {
        if (await manifests.GetAsync(agent, cancellationToken) is not { } revision) return ApiProblems.UnknownAgent(agent);
        var (body, problem) = await JsonBody.ReadAsync<NewVersionBody>(http);
        if (body is null) return problem!;
        if (body.Rows is null == body.Model is null)
            return ApiProblems.Malformed("The body needs one of both: rows (labelled texts to train on), or model (a reference such as openai:main/student).");
        var by = ApiCaller.Of(http).Person(body.By);
        if (body.Model is { } reference)
        {
            try
            {
                return TypedResults.Created($"/api/agents/{agent}/versions", await adopted.RegisterAsync(revision.Manifest, reference, by, cancellationToken));
            }
            catch (ArgumentException wrong)
            {
                return ApiProblems.Invalid(wrong.Message, "model");
            }
        }
        var rows = body.Rows!;
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i] is not { Text.Length: <= MaxText, Label.Length: > 0 })
                return ApiProblems.Invalid($"rows[{i}]: expected a text of at most {MaxText} characters, and a label.", $"rows[{i}]");
        }
        try
        {
            var version = await starting.RegisterAsync(revision.Manifest, [.. rows.Select(r => new TextExample(r.Text, r.Label))], by, cancellationToken);
            return TypedResults.Created($"/api/agents/{agent}/versions", version);
        }
        catch (ArgumentException wrong)
        {
            return ApiProblems.Invalid(wrong.Message.Split(" (Parameter", 2)[0], "rows");
        }
    }

    /// <summary><c>POST /api/agents/{agent}/rollback</c>.</summary>
    public static async Task<Results<Ok<RoutingTable>, ApiProblem>> RollbackAsync(
        HttpContext http, ManifestStore manifests, RollBack rollBack, string agent, CancellationToken cancellationToken)
    {
        if (await manifests.GetAsync(agent, cancellationToken) is null) return ApiProblems.UnknownAgent(agent);
        var (body, problem) = await JsonBody.ReadOptionalAsync<RollbackBody>(http);
        if (body is null) return problem!;
        if (body.Reason?.Length > MaxReason) return ApiProblems.Invalid($"reason: has {body.Reason.Length} characters, at most {MaxReason} are taken.", "reason");
        var change = await rollBack.ToAsync(agent, body.Version, $"person:{ApiCaller.Of(http).Person(body.By)}", body.Reason ?? "", cancellationToken);
        return change.Refusal is { } refusal ? ApiProblems.Conflict(refusal) : TypedResults.Ok(change.Table!);
    }
}
