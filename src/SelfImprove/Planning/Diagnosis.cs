namespace SelfImprove.Planning;

/// <summary>What is wrong, before anything is spent on mending it.</summary>
public sealed record Diagnosis
{
    /// <summary>The leading cause.</summary>
    public required DiagnosisCause Cause { get; init; }

    /// <summary>What speaks for it, with numbers, for a person.</summary>
    public required IReadOnlyList<string> Evidence { get; init; }

    /// <summary>The champion's estimated error on recent inputs, [0,1].</summary>
    public required double ChampionError { get; init; }

    /// <summary>The standard deviation of that estimate.</summary>
    public required double ChampionErrorSd { get; init; }

    /// <summary>The share of recent inputs that want a decision which the champion was never taught, [0,1]; 0 where unknown.</summary>
    public double UnseenShare { get; init; }

    /// <summary>Decisions that the champion was taught; 0 where unknown.</summary>
    public int KnownDecisions { get; init; }

    /// <summary>Decisions of the manifest that it was never taught.</summary>
    public int UnseenDecisions { get; init; }

    /// <summary>Whether the estimate comes from inputs labelled for it, rather than from thumbs alone.</summary>
    public bool Measured { get; init; }

    /// <summary>Slices by recoverable error mass, largest first; at most 20.</summary>
    public IReadOnlyList<SliceDiagnosis> Slices { get; init; } = [];

    /// <summary>The one slice that errors crowd in, named <c>label=X</c>, <c>decision=X</c> or <c>tag=value</c>; null where they are spread.</summary>
    public SliceDiagnosis? Weakest { get; init; }

    /// <summary>Where a shift was found: traffic from this time on is what matters.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The source to quarantine, as <c>kind:id</c>.</summary>
    public string? Source { get; init; }

    /// <summary>The version to go back to.</summary>
    public string? RollBackTo { get; init; }

    /// <summary>Whether gathering data and training can help.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool CanTrain => Cause is DiagnosisCause.None or DiagnosisCause.InputShift or DiagnosisCause.WeakSlices or DiagnosisCause.ContradictoryLabels;
}
