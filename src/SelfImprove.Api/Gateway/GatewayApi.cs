using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SelfImprove.Agents.Manifests;
using SelfImprove.Api.Bodies;
using SelfImprove.Api.Problems;
using SelfImprove.Storage;

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
        var request = turn.Request!;
        if (request.Stream)
        {
            // Closing it records the interaction: however the stream ends.
            await using var stream = await gateway.StreamAsync(request, http.RequestAborted);
            await (GatewayProblems.Of(stream.Answer, request.Agent) is { } refused
                ? refused.ExecuteAsync(http)
                : ChatStreamWriter.WriteAsync(http.Response, request.Agent, stream, request.IncludeUsage));
            return;
        }
        var answer = await gateway.AnswerAsync(request, http.RequestAborted);
        await (GatewayProblems.Of(answer, request.Agent) is { } failed ? failed.ExecuteAsync(http) : ChatResponseWriter.WriteAsync(http.Response, request.Agent, answer));
    }

    /// <summary><c>GET /v1/models</c>: the agents, as models.</summary>
    public static async Task<IResult> ModelsAsync(HttpContext http, ManifestStore manifests, CancellationToken cancellationToken)
    {
        ChatHeaders.NameRequest(http.Response);
        var models = new List<object>();
        foreach (var agent in await manifests.ListAgentsAsync(cancellationToken))
            if (await manifests.GetAsync(agent, cancellationToken) is { } revision) models.Add(Model(agent, revision));
        return TypedResults.Json(new { @object = "list", data = models });
    }

    /// <summary><c>GET /v1/models/{model}</c>: one agent, as a model.</summary>
    public static async Task<IResult> ModelAsync(string model, HttpContext http, ManifestStore manifests, CancellationToken cancellationToken)
    {
        if (!StoragePath.IsName(model) || await manifests.GetAsync(model, cancellationToken) is not { } revision) return GatewayProblems.UnknownModel(model);
        ChatHeaders.NameRequest(http.Response);
        return TypedResults.Json(Model(model, revision));
    }

    private static object Model(string agent, ManifestRevision revision) =>
        new { id = agent, @object = "model", created = revision.CreatedAt.ToUnixTimeSeconds(), owned_by = "selfimprove" };

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
