namespace SelfImprove.Agents.Manifests;

/// <summary>The form of an agent's output.</summary>
public enum TaskOutput
{
    /// <summary>One of a fixed list of labels, as text.</summary>
    Label,
    /// <summary>A call of one of a fixed list of tools.</summary>
    Tool,
    /// <summary>Free text.</summary>
    Text,
}
