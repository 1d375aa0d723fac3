using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>With <c>evaluation.evaluator: http</c>: a service of the administrator's own that scores answers.</summary>
public sealed record HttpEvaluatorSettings
{
    /// <summary>The service's name in the host's configuration (<c>scoring.services</c>): where it is and which key it gets stands there, never in a manifest.</summary>
    [RegularExpression("[a-z0-9-]{1,63}")]
    public required string Service { get; init; }

    /// <summary>What one scored answer costs, in USD: charged before it is asked for.</summary>
    [Range(0, 1e9)]
    public decimal Price { get; init; }

    /// <summary>Whether it compares with the right answer, so that items are labelled; otherwise it scores an answer by itself (runs it, checks it).</summary>
    public bool NeedsLabel { get; init; } = true;
}
