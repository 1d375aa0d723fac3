using Microsoft.AspNetCore.Http;
using SelfImprove.Api.Problems;

namespace SelfImprove.Api.Gateway;

/// <summary>The gateway's errors.</summary>
internal static class GatewayProblems
{
    /// <summary>There is no such agent.</summary>
    public static ApiProblem UnknownModel(string agent) => new(StatusCodes.Status404NotFound, "model-not-found", "There is no such agent.",
        $"There is no agent '{ApiProblems.Short(agent)}'. GET /v1/models lists those there are.");

    /// <summary>A stream that broke off after it had begun: too late for a status.</summary>
    public static ApiProblem BrokenStream(string agent) => new(StatusCodes.Status502BadGateway, "model-failed", "The answer broke off.",
        $"The answer of {agent} broke off: what came so far is incomplete. Ask again; the host's log says why.");

    /// <summary>What an outcome is to the caller; null where there is an answer.</summary>
    public static ApiProblem? Of(in GatewayAnswer answer, string agent) => answer.Outcome switch
    {
        GatewayOutcome.Answered => null,
        GatewayOutcome.UnknownAgent => UnknownModel(agent),
        GatewayOutcome.NoVersion =>
            ApiProblems.Unavailable($"Agent {agent} has no version that serves yet. Register one: selfimprove versions add {agent} --data labelled.csv (or --model openai:main/student)", 60),
        GatewayOutcome.Paused => new ApiProblem(
            StatusCodes.Status503ServiceUnavailable, "paused", "The agent is out of operation while it is improved.",
            $"Agent {agent} is being improved, and expected back at {answer.PausedUntil:u}.")
        {
            RetryAfter = SecondsUntil(answer),
        },
        GatewayOutcome.Unavailable => ApiProblems.Unavailable($"No version of {agent} could answer for the moment; the host's log says why."),
        _ => new ApiProblem(StatusCodes.Status502BadGateway, "model-failed", "No version could answer.",
            $"No version of {agent} could answer; the host's log says why."),
    };

    private static int SecondsUntil(in GatewayAnswer answer) =>
        answer.PausedUntil is { } until ? (int)Math.Clamp(Math.Ceiling((until - answer.Time).TotalSeconds), 1, 3600) : 60;
}
