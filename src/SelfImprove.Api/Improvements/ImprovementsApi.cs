using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using SelfImprove.Agents.Manifests;
using SelfImprove.Api.Bodies;
using SelfImprove.Api.Problems;
using SelfImprove.Api.Security;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Runs;
using SelfImprove.Runs.Approvals;
using SelfImprove.Storage;

namespace SelfImprove.Api.Improvements;

/// <summary>Improvement runs: ask for one, look at it, answer its gates, cancel it.</summary>
public static class ImprovementsApi
{
    private const int MaxName = 128;

    /// <summary><c>POST /api/agents/{agent}/improvements</c>: asks for an improvement. Its triggers take it up at their next look; <c>Location</c> tells which run.</summary>
    public static async Task<Results<Accepted<ImprovementRequest>, ApiProblem>> RequestAsync(
        HttpContext http, ManifestStore manifests, RequestBook requests, string agent, CancellationToken cancellationToken)
    {
        if (await manifests.GetAsync(agent, cancellationToken) is not { } revision) return ApiProblems.UnknownAgent(agent);
        var (body, problem) = await JsonBody.ReadOptionalAsync<ImprovementBody>(http);
        if (body is null) return problem!;
        if (body.Kind is not (RequesterKind.Person or RequesterKind.Agent)) return ApiProblems.Invalid("kind: expected person or agent.", "kind");
        if (body.Id is not null && !StoragePath.IsName(body.Id)) return ApiProblems.Invalid("id: expected 1 to 63 of a-z, 0-9 and '-'.", "id");
        if (body.Reason?.Length > RequestBook.MaxReason) return ApiProblems.Invalid($"reason: has {body.Reason.Length} characters, at most {RequestBook.MaxReason} are taken.", "reason");
        if (revision.Manifest.Improvement.Mode == ImprovementMode.Off) return ApiProblems.Conflict($"improvement.mode of {agent} is off: change its manifest first.");
        var caller = ApiCaller.Of(http);
        // Whoever may only send events is an agent of the environment: a person's word always counts, theirs where the manifest listens to agents.
        var kind = caller.Roles.HasFlag(ApiRoles.Operate) ? body.Kind : RequesterKind.Agent;
        var name = caller.Person(body.By);
        if (name.Length > MaxName) return ApiProblems.Invalid($"by: has {name.Length} characters, at most {MaxName} are taken.", "by");
        var request = await requests.AskAsync(agent, body.Id ?? Guid.CreateVersion7().ToString("n"), new Requester(kind, name), body.Reason ?? "no reason given", cancellationToken);
        return TypedResults.Accepted($"/api/agents/{agent}/requests/{request.Id}", request);
    }

    /// <summary><c>GET /api/agents/{agent}/requests/{request}</c>: a request, and the run that took it up.</summary>
    public static async Task<Results<Ok<ImprovementRequest>, ApiProblem>> GetRequestAsync(RequestBook requests, string agent, string request, CancellationToken cancellationToken) =>
        await requests.GetAsync(agent, request, cancellationToken) is { } found
            ? TypedResults.Ok(found)
            : new ApiProblem(StatusCodes.Status404NotFound, "unknown-request", "There is no such request.", $"{agent} has no request '{ApiProblems.Short(request)}'.");

    /// <summary><c>GET /api/agents/{agent}/improvements?limit=</c>.</summary>
    public static async Task<Results<Ok<RunList>, ApiProblem>> ListAsync(
        ManifestStore manifests, RunReader runs, RequestBook requests, string agent, int? limit, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > 200) return ApiProblems.Invalid($"limit: expected 1 to 200, found {limit}.", "limit");
        if (await manifests.GetAsync(agent, cancellationToken) is null) return ApiProblems.UnknownAgent(agent);
        return TypedResults.Ok(new RunList(await runs.ListAsync(agent, limit ?? 20, cancellationToken), await requests.WaitingAsync(agent, cancellationToken)));
    }

    /// <summary><c>GET /api/improvements/{run}</c>.</summary>
    public static async Task<Results<Ok<RunView>, ApiProblem>> GetAsync(RunReader runs, string run, CancellationToken cancellationToken) =>
        await runs.GetAsync(run, cancellationToken) is { } view ? TypedResults.Ok(view) : ApiProblems.UnknownRun(run);

    /// <summary><c>POST /api/improvements/{run}/approval</c>: answers what the run asks. The first answer stands.</summary>
    public static async Task<Results<Ok<ApprovalAnswer>, ApiProblem>> ApproveAsync(
        HttpContext http, RunReader runs, ApprovalService approvals, string run, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadAsync<ApprovalBody>(http);
        if (body is null) return problem!;
        if (await runs.GetAsync(run, cancellationToken) is not { } view) return ApiProblems.UnknownRun(run);
        var answer = await approvals.AnswerAsync(view.Agent, run, body.Approved, $"person:{ApiCaller.Of(http).Person(body.By)}", body.Reason, cancellationToken);
        if (answer is null)
            return ApiProblems.Conflict(view.Outcome is { } outcome ? $"Run {run} has ended ({outcome.Ending}): nothing is asked." : $"Run {run} asks nothing now; it is at {view.Stage}.");
        return answer.Approved == body.Approved
            ? TypedResults.Ok(answer)
            : ApiProblems.Conflict($"{answer.By} {(answer.Approved ? "approved" : "refused")} this at {answer.At:u} already; the first answer stands.");
    }

    /// <summary><c>POST /api/improvements/{run}/cancel</c>: the run cleans up and ends; its champion keeps serving.</summary>
    public static async Task<Results<Accepted<RunView>, ApiProblem>> CancelAsync(
        HttpContext http, RunReader runs, RunService service, string run, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadOptionalAsync<CancelBody>(http);
        if (body is null) return problem!;
        if (await runs.GetAsync(run, cancellationToken) is null) return ApiProblems.UnknownRun(run);
        if (!await service.CancelAsync(run, $"person:{ApiCaller.Of(http).Person(body.By)}", body.Reason, cancellationToken)) return ApiProblems.Conflict($"Run {run} has ended: there is nothing to cancel.");
        return TypedResults.Accepted($"/api/improvements/{run}", await runs.GetAsync(run, cancellationToken));
    }
}
