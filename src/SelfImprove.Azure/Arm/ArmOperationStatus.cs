using System.Text.Json;

namespace SelfImprove.Azure.Arm;

/// <summary>Where a long-running operation stands.</summary>
public enum ArmOperationState
{
    /// <summary>At work; every word that is not known counts as this.</summary>
    Running,
    /// <summary>Done.</summary>
    Succeeded,
    /// <summary>Failed: see <see cref="ArmOperationStatus.Error"/>.</summary>
    Failed,
    /// <summary>Cancelled.</summary>
    Canceled,
    /// <summary>Azure knows no such operation (any more): the resource itself tells what came of it.</summary>
    Forgotten,
}

/// <summary>What a look at a long-running operation found.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Word">Azure's own word, for example <c>Updating</c>.</param>
/// <param name="Error">Of one that failed: why.</param>
/// <param name="RetryAfter">How long Azure asks to wait before the next look.</param>
/// <param name="Body">The answer's body, where it had one.</param>
public sealed record ArmOperationStatus(ArmOperationState State, string Word, ArmError? Error = null, TimeSpan? RetryAfter = null, JsonElement? Body = null)
{
    /// <summary>Whether nothing will change any more.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool HasEnded => State != ArmOperationState.Running;

    /// <summary>What a word of Azure's means; unknown ones are waited on.</summary>
    public static ArmOperationState StateOf(string? word) => word?.ToLowerInvariant() switch
    {
        "succeeded" or "completed" or "ready" => ArmOperationState.Succeeded,
        "failed" or "disabled" => ArmOperationState.Failed,
        "canceled" or "cancelled" => ArmOperationState.Canceled,
        _ => ArmOperationState.Running,
    };
}
