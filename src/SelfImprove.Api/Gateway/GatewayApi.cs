using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SelfImprove.Agents.Manifests;
using SelfImprove.Api.Bodies;
using SelfImprove.Api.Problems;

namespace SelfImprove.Api.Gateway;

/// <summary>The OpenAI-compatible gateway: <c>model</c> is the agent, the answer's <c>id</c> the interaction.</summary>
public static class GatewayApi
{
    /// <summary><c>POST /v1/chat/completions</c>.</summary>
    public static async Task CompleteAsync(HttpContext http, AgentGateway gateway)
    {
        var turn = new Turn();
        if (!await JsonBody.UseAsync(http, turn, static (http, turn, body) =>
            {
                turn.Read(http, body.Span);
                return Task.CompletedTask;
            }))
        {
            await ErrorProblem.Of(StatusCodes.Status413PayloadTooLarge, null)!.ExecuteAsync(http);
            return;
        }
        if (turn.Problem is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }
        var answer = await gateway.AnswerAsync(turn.Request!, http.RequestAborted);
        await (ProblemOf(answer, turn.Request!.Agent) is { } failed ? failed.ExecuteAsync(http) : ChatResponseWriter.WriteAsync(http.Response, turn.Request.Agent, answer));
    }

    /// <summary><c>GET /v1/models</c>: the agents, as models.</summary>
    public static async Task<IResult> ModelsAsync(ManifestStore manifests, CancellationToken cancellationToken)
    {
        var models = new List<object>();
        foreach (var agent in await manifests.ListAgentsAsync(cancellationToken))
            if (await manifests.GetAsync(agent, cancellationToken) is { } revision)
                models.Add(new { id = agent, @object = "model", created = revision.CreatedAt.ToUnixTimeSeconds(), owned_by = "selfimprove" });
        return TypedResults.Json(new { @object = "list", data = models });
    }

    private static ApiProblem? ProblemOf(GatewayAnswer answer, string agent) => answer.Outcome switch
    {
        GatewayOutcome.Answered => null,
        GatewayOutcome.UnknownAgent => new ApiProblem(StatusCodes.Status404NotFound, "model-not-found", "There is no such agent.", $"There is no agent '{ApiProblems.Short(agent)}'. GET /v1/models lists those there are."),
        GatewayOutcome.NoVersion => ApiProblems.Unavailable($"Agent {agent} has no version that serves yet. Register one: selfimprove versions add {agent} --data labelled.csv", 60),
        GatewayOutcome.Paused => new ApiProblem(
            StatusCodes.Status503ServiceUnavailable, "paused", "The agent is out of operation while it is improved.", $"Agent {agent} is being improved, and expected back at {answer.PausedUntil:u}.")
        {
            RetryAfter = SecondsUntil(answer),
        },
        GatewayOutcome.Unavailable => ApiProblems.Unavailable($"No version of {agent} could answer for the moment; the host's log says why."),
        _ => new ApiProblem(StatusCodes.Status502BadGateway, "model-failed", "No version could answer.", $"No version of {agent} could answer; the host's log says why."),
    };

    private static int SecondsUntil(GatewayAnswer answer) =>
        answer.PausedUntil is { } until ? (int)Math.Clamp(Math.Ceiling((until - answer.Time).TotalSeconds), 1, 3600) : 60;

    private sealed class Turn
    {
        public GatewayRequest? Request { get; private set; }

        public ApiProblem? Problem { get; private set; }

        public void Read(HttpContext http, ReadOnlySpan<byte> body)
        {
            try
            {
                Request = ChatHeaders.Apply(ChatRequestReader.Read(body), http.Request.Headers);
            }
            catch (ChatRequestException wrong)
            {
                Problem = ApiProblems.Invalid(wrong.Message, wrong.Path);
            }
            catch (JsonException wrong)
            {
                Problem = ApiProblems.Malformed($"The body is no valid JSON: {wrong.Message}");
            }
        }
    }
}
