namespace SelfImprove.Azure.Tests.Arm;

/// <summary>A fault that the next fitting call meets.</summary>
public sealed record FakeArmFault
{
    /// <summary>The method; any where null.</summary>
    public string? Method { get; init; }

    /// <summary>A part of the path; any where null.</summary>
    public string? Path { get; init; }

    /// <summary>Whether the call is carried out all the same, its answer lost or replaced.</summary>
    public bool TakesEffect { get; init; }

    /// <summary>What is answered; null for no answer at all: the connection is cut.</summary>
    public FakeArmAnswer? Answer { get; init; }

    /// <summary>What happens at the moment in which it is met: others may follow from there.</summary>
    public Action? Then { get; init; }

    /// <summary>429 with Retry-After.</summary>
    public static FakeArmFault Throttled(int retryAfter = 0) =>
        new() { Answer = FakeArmAnswer.Error(429, "TooManyRequests", "The request was throttled.", retryAfter: retryAfter) };

    /// <summary>500, before or after the call took effect.</summary>
    public static FakeArmFault ServerError(bool takesEffect = false) =>
        new() { TakesEffect = takesEffect, Answer = FakeArmAnswer.Error(500, "InternalServerError", "An internal error occurred.") };

    /// <summary>The call takes effect, and its answer never comes.</summary>
    public static FakeArmFault LostAnswer => new() { TakesEffect = true };

    /// <summary>The connection is cut before anything happens.</summary>
    public static FakeArmFault CutConnection => new();

    /// <summary>The subscription's quota is used up.</summary>
    public static FakeArmFault Quota => new()
    {
        Answer = FakeArmAnswer.Error(400, "QuotaExceeded", "Insufficient quota for Standard_NC24ads_A100_v4 family vCPUs: 24 requested, 0 available."),
    };

    /// <summary>The region has no such machine at the moment.</summary>
    public static FakeArmFault Capacity => new()
    {
        Answer = FakeArmAnswer.Error(409, "AllocationFailed", "We do not have sufficient capacity for the requested VM size in this region."),
    };

    /// <summary>No right.</summary>
    public static FakeArmFault Forbidden => new()
    {
        Answer = FakeArmAnswer.Error(403, "AuthorizationFailed",
            "The client does not have authorization to perform action 'Microsoft.MachineLearningServices/workspaces/jobs/write'."),
    };
}
