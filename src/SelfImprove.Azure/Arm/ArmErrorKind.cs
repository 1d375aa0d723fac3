namespace SelfImprove.Azure.Arm;

/// <summary>What an error of Azure means for the caller.</summary>
public enum ArmErrorKind
{
    /// <summary>The request is wrong; another attempt fares no better.</summary>
    Invalid,
    /// <summary>No token, or no right.</summary>
    Denied,
    /// <summary>There is no such resource.</summary>
    NotFound,
    /// <summary>The resource is in another state, or being changed by somebody else.</summary>
    Conflict,
    /// <summary>The subscription's quota is used up: a person asks for more, or a plan takes less.</summary>
    Quota,
    /// <summary>The region has no machine of this kind at the moment.</summary>
    Capacity,
    /// <summary>Too many calls: later ones succeed.</summary>
    Throttled,
    /// <summary>The service failed or did not answer: whether the call took effect is not known.</summary>
    Unavailable,
}
