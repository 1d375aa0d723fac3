namespace SelfImprove.Monitoring.Triggers;

/// <summary>What asks for an improvement.</summary>
public enum RequesterKind
{
    /// <summary>A person.</summary>
    Person,
    /// <summary>An agent of the environment.</summary>
    Agent,
    /// <summary>The runtime's critic.</summary>
    Critic,
    /// <summary>The runtime's planner, by introspection.</summary>
    Planner,
}

/// <summary>Who asks for an improvement.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Name">Of a person or an agent: their name.</param>
public sealed record Requester(RequesterKind Kind, string? Name = null)
{
    /// <summary>As a cause names them: <c>person:ada</c>, <c>agent:checkout</c>, <c>critic</c>, <c>planner</c>.</summary>
    public override string ToString() => Name is null ? Kind.ToString().ToLowerInvariant() : $"{Kind.ToString().ToLowerInvariant()}:{Name}";
}
