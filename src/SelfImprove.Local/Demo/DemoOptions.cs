namespace SelfImprove.Local.Demo;

/// <summary>What the demo is asked to do.</summary>
public sealed record DemoOptions
{
    /// <summary>Labelled text to use instead of the shipped office requests: a CSV whose first two columns are text and label; null for the shipped.</summary>
    public string? Data { get; init; }

    /// <summary>Held-out labelled text of the same form; null to hold out a fifth of <see cref="Data"/>.</summary>
    public string? Test { get; init; }

    /// <summary>Makes everything repeatable: same seed and data, same numbers.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where everything is kept.</summary>
    public string Folder { get; init; } = ".selfimprove";

    /// <summary>The object store, as <c>--store</c> has it; null for the folder itself.</summary>
    public string? Store { get; init; }

    /// <summary>Print the summary as JSON.</summary>
    public bool Json { get; init; }

    /// <summary>Requests at most.</summary>
    public int Requests { get; init; } = 4_500;
}
