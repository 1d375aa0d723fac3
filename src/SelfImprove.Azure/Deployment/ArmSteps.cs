using System.Text.Json;
using System.Text.Json.Nodes;
using SelfImprove.Azure.Arm;
using SelfImprove.Models.Endpoints;
using SelfImprove.Orchestration;

namespace SelfImprove.Azure.Deployment;

/// <summary>What Azure's answers mean for an endpoint that is brought up or taken away, and the tags by which the runtime knows its own.</summary>
internal static class ArmSteps
{
    /// <summary>Marks what the runtime made: nothing else is ever changed or deleted.</summary>
    public const string OwnerTag = "selfimprove";

    /// <summary>The runtime's tags, with more beside.</summary>
    public static JsonObject Tags(params (string Name, string Value)[] more)
    {
        var tags = new JsonObject { [OwnerTag] = "managed" };
        foreach (var (name, value) in more) tags[$"{OwnerTag}-{name}"] = value;
        return tags;
    }

    /// <summary>Whether the runtime made a resource.</summary>
    public static bool IsOurs(ArmReply resource) => resource.Text($"tags.{OwnerTag}") == "managed";

    /// <summary>Looks at the operation of the last step. Null where it is over, well or badly told: the resource itself is then looked at.</summary>
    /// <param name="arm">The client.</param>
    /// <param name="operation">As the last look gave it; nothing is looked at where null.</param>
    /// <param name="failureEnds">Whether an operation that failed ends the endeavour; otherwise the step is taken anew.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<EndpointStatus?> PollAsync(ArmResources arm, string? operation, bool failureEnds, CancellationToken cancellationToken)
    {
        if (operation is null) return null;
        var pending = JsonSerializer.Deserialize<ArmOperation>(operation, SeamJson.Options)!;
        var status = await arm.PollAsync(pending, cancellationToken);
        return status.State switch
        {
            ArmOperationState.Running => EndpointStatus.Working(status.Word, operation, status.RetryAfter),
            ArmOperationState.Failed or ArmOperationState.Canceled when failureEnds => Failed(status.Error, status.Word),
            _ => null,
        };
    }

    /// <summary>A step that Azure has taken on.</summary>
    public static EndpointStatus Began(ArmReply reply, string what) => EndpointStatus.Working(
        what, reply.Operation is null ? null : JsonSerializer.Serialize(reply.Operation, SeamJson.Options), reply.Operation?.RetryAfter);

    /// <summary>Takes a step. What somebody else's change is in the way of is tried again at the next look; quota ends it, and so does everything that is wrong.</summary>
    public static async Task<EndpointStatus> TryAsync(Func<Task<EndpointStatus>> step)
    {
        try
        {
            return await step();
        }
        catch (ArmException failed) when (failed.Error.Kind == ArmErrorKind.Conflict)
        {
            return EndpointStatus.Working(failed.Error.ForPeople, retryAfter: failed.Error.RetryAfter);
        }
        catch (ArmException failed)
        {
            return EndpointStatus.Failed(failed.Message, failed.Error.Kind == ArmErrorKind.Quota);
        }
    }

    /// <summary>A resource's own word for how it is, as a status; null where it is ready.</summary>
    public static EndpointStatus? Unready(ArmReply resource, string what)
    {
        var word = resource.Text("properties.provisioningState") ?? "Succeeded";
        return ArmOperationStatus.StateOf(word) switch
        {
            ArmOperationState.Succeeded => null,
            ArmOperationState.Failed or ArmOperationState.Canceled => Failed(
                (resource.Find("properties.provisioningError") ?? resource.Find("properties.error")) is { } told ? ArmError.From(200, told) : null, $"{what} is {word}"),
            _ => EndpointStatus.Working($"{what} is {word}"),
        };
    }

    private static EndpointStatus Failed(ArmError? error, string word) => error is null or { Code: "HTTP 200" }
        ? EndpointStatus.Failed($"{word}; Azure gives no reason. See the deployment's logs in the portal.")
        : EndpointStatus.Failed($"{word}: {error.ForPeople}", error.Kind is ArmErrorKind.Quota or ArmErrorKind.Capacity);
}
