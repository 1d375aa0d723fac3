namespace SelfImprove.Agents.Routing;

/// <summary>What became of a change of routing: made, already so, or refused.</summary>
public sealed record RoutingChange
{
    private RoutingChange() { }

    /// <summary>The table after the change; as it was where nothing changed; null where the agent has none.</summary>
    public RoutingTable? Table { get; private init; }

    /// <summary>Whether the table became another. False where it was so already (a repeated call) or the change was refused.</summary>
    public bool Changed { get; private init; }

    /// <summary>Why the change was refused, for a person; null where it was not.</summary>
    public string? Refusal { get; private init; }

    /// <summary>Whether the table is now as was asked for.</summary>
    public bool Holds => Refusal is null;

    /// <summary>The change makes the table this.</summary>
    public static RoutingChange To(RoutingTable table) => new() { Table = table, Changed = true };

    /// <summary>The table is so already.</summary>
    public static RoutingChange Already(RoutingTable table) => new() { Table = table };

    /// <summary>The change may not be made.</summary>
    public static RoutingChange Refused(RoutingTable? table, string why) => new() { Table = table, Refusal = why };
}
