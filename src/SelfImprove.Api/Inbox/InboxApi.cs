using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using SelfImprove.Agents.Manifests;
using SelfImprove.Api.Bodies;
using SelfImprove.Api.Problems;
using SelfImprove.Api.Security;
using SelfImprove.DataGeneration.Inbox;
using SelfImprove.Models;
using SelfImprove.Storage;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Api.Inbox;

/// <summary>What people answer: list, answer, skip.</summary>
public static class InboxApi
{
    private const int MaxAnswers = 10_000;

    /// <summary><c>GET /api/inbox?agent=&amp;state=open|all&amp;run=&amp;purpose=&amp;notBy=&amp;limit=</c>.</summary>
    public static async Task<Results<Ok<InboxList>, ApiProblem>> ListAsync(
        ManifestStore manifests, InboxService inbox, string? agent, string? state, string? run, string? purpose, string? notBy, int? limit,
        CancellationToken cancellationToken)
    {
        if (state is not (null or "open" or "all")) return ApiProblems.Invalid($"state: expected open or all, found '{ApiProblems.Short(state)}'.", "state");
        if (limit is < 1 or > 10_000) return ApiProblems.Invalid($"limit: expected 1 to 10000, found {limit}.", "limit");
        if (agent is not null && (!StoragePath.IsName(agent) || await manifests.GetAsync(agent, cancellationToken) is null)) return ApiProblems.UnknownAgent(agent);
        var most = limit ?? 100;
        var filter = new InboxFilter(run, purpose, state is null or "open", notBy, most);
        var entries = new List<InboxEntry>();
        foreach (var name in agent is null ? await manifests.ListAgentsAsync(cancellationToken) : [agent])
            entries.AddRange(await inbox.ListAsync(name, filter, cancellationToken));
        return TypedResults.Ok(new InboxList([.. entries.OrderByDescending(e => e.IsOpen).ThenBy(e => e.Task.Due).ThenBy(e => e.Task.Id, StringComparer.Ordinal).Take(most).Select(InboxItem.Of)]));
    }

    /// <summary><c>POST /api/inbox/answers</c>: many answers at once; each has its own result, in their order.</summary>
    public static async Task<Results<Ok<InboxAnswered>, ApiProblem>> AnswerManyAsync(
        HttpContext http, InboxService inbox, ManifestStore manifests, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadAsync<InboxAnswersBody>(http);
        if (body is null) return problem!;
        if (body.Answers.Count > MaxAnswers) return ApiProblems.TooLarge($"There are {body.Answers.Count} answers; at most {MaxAnswers} are taken at once.");
        var caller = ApiCaller.Of(http);
        var results = new InboxAnswerResult[body.Answers.Count];
        var plain = new Dictionary<(string Agent, string By), List<(int Index, string Task, AgentOutput Output)>>();
        for (var i = 0; i < body.Answers.Count; i++)
        {
            var answer = body.Answers[i];
            var (output, mistake) = OutputOf(answer, await FormAsync(manifests, answer.Agent, cancellationToken));
            if (mistake is not null) results[i] = Failed(answer, InboxOutcome.Invalid, mistake);
            else if (answer.Agent is null || answer.Task is null) results[i] = Failed(answer, InboxOutcome.Invalid, "agent and task are needed.");
            else if (output is null) results[i] = Told(answer,
                await inbox.SkipAsync(answer.Agent, answer.Task, caller.Person(answer.By), answer.Skip!, cancellationToken));
            else
            {
                var key = (answer.Agent, caller.Person(answer.By));
                if (!plain.TryGetValue(key, out var list)) plain.Add(key, list = []);
                list.Add((i, answer.Task, output));
            }
        }
        foreach (var ((agent, by), list) in plain)
        {
            var told = await inbox.AnswerManyAsync(agent, by, [.. list.Select(a => (a.Task, a.Output))], cancellationToken);
            for (var i = 0; i < list.Count; i++) results[list[i].Index] = Told(body.Answers[list[i].Index], told[i]);
        }
        return TypedResults.Ok(new InboxAnswered(results.Count(r => r.Outcome == InboxOutcome.Accepted), results.Count(r => r.Outcome != InboxOutcome.Accepted), results));
    }

    /// <summary><c>POST /api/inbox/{agent}/{task}/answer</c>: one answer.</summary>
    public static async Task<Results<Ok<InboxAnswerResult>, ApiProblem>> AnswerAsync(
        HttpContext http, InboxService inbox, ManifestStore manifests, string agent, string task, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadAsync<InboxAnswerBody>(http);
        if (body is null) return problem!;
        if (body.Agent is { } other && other != agent) return ApiProblems.Invalid($"agent: the address names {agent}; leave it out, or send the same.", "agent");
        var (output, mistake) = OutputOf(body, await FormAsync(manifests, agent, cancellationToken));
        if (mistake is not null) return ApiProblems.Invalid(mistake);
        var by = ApiCaller.Of(http).Person(body.By);
        var result = output is null
            ? await inbox.SkipAsync(agent, task, by, body.Skip!, cancellationToken)
            : await inbox.AnswerAsync(agent, task, by, output, cancellationToken);
        return result.Outcome switch
        {
            InboxOutcome.Accepted => TypedResults.Ok(new InboxAnswerResult(agent, task, result.Outcome, null)),
            InboxOutcome.UnknownTask => new ApiProblem(StatusCodes.Status404NotFound, "unknown-task", "There is no such task.", result.Message),
            InboxOutcome.Invalid => ApiProblems.Invalid(result.Message!),
            _ => ApiProblems.Conflict(result.Message!),
        };
    }

    // The pinned manifest decides what is valid; the current one only how a bare decision is meant.
    private static async ValueTask<TaskOutput> FormAsync(ManifestStore manifests, string? agent, CancellationToken cancellationToken) =>
        agent is not null && await manifests.GetAsync(agent, cancellationToken) is { } revision ? revision.Manifest.Task.Output : TaskOutput.Label;

    private static (AgentOutput? Output, string? Mistake) OutputOf(InboxAnswerBody answer, TaskOutput form)
    {
        var given = (answer.Decision is null ? 0 : 1) + (answer.Output is null ? 0 : 1) + (answer.Skip is null ? 0 : 1);
        if (given != 1) return (null, "Exactly one of decision (a label or a tool's name), output (text or toolCalls) and skip (a reason) is expected.");
        if (answer.Output is { } output) return (output, null);
        return (answer.Decision is { } decision ? BuiltinModel.OutputOf(decision, form) : null, null);
    }

    private static InboxAnswerResult Failed(InboxAnswerBody answer, InboxOutcome outcome, string message) =>
        new(answer.Agent ?? "", answer.Task ?? "", outcome, message);

    private static InboxAnswerResult Told(InboxAnswerBody answer, InboxResult result) => new(answer.Agent!, answer.Task!, result.Outcome, result.Message);
}
