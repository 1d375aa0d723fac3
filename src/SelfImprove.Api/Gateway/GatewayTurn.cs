using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;

namespace SelfImprove.Api.Gateway;

/// <summary>A request that has a version to go to.</summary>
/// <param name="Request">What the caller asks.</param>
/// <param name="Id">The interaction's id.</param>
/// <param name="Task">What the agent does.</param>
/// <param name="Table">The routing it was routed by.</param>
/// <param name="Version">The version it goes to.</param>
/// <param name="Stamp">How it was routed.</param>
/// <param name="Question">What the model is asked.</param>
/// <param name="Time">When it came.</param>
/// <param name="Started">The same, to measure from.</param>
internal sealed record GatewayTurn(
    GatewayRequest Request, string Id, TaskSettings Task, RoutingTable Table, string Version, RoutingStamp Stamp, ModelRequest Question, DateTimeOffset Time,
    long Started);

/// <summary>What asking the versions came to.</summary>
/// <param name="Answer">What the model gave; null where none did.</param>
/// <param name="Failure">Why none did; null where one did.</param>
/// <param name="Error">The record's error code; null for none.</param>
/// <param name="By">The version that answered, or was asked last.</param>
/// <param name="Version">The version that the record names.</param>
/// <param name="Stamp">How the record says that it was routed.</param>
internal readonly record struct Served<T>(T? Answer, Exception? Failure, string? Error, string By, string Version, RoutingStamp Stamp) where T : class
{
    public GatewayOutcome Outcome => Failure switch
    {
        null => GatewayOutcome.Answered,
        Orchestration.TransientException or UnusableModelException => GatewayOutcome.Unavailable,
        _ => GatewayOutcome.Failed,
    };
}
