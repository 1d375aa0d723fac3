namespace SelfImprove.Deployment.Targets;

/// <summary>The deployment targets of this host.</summary>
/// <param name="targets">All of them.</param>
public sealed class DeploymentTargets(IEnumerable<IDeploymentTarget> targets)
{
    private readonly Dictionary<string, IDeploymentTarget> _targets = targets.ToDictionary(t => t.Kind, StringComparer.Ordinal);

    /// <summary>A target by the name that manifests use.</summary>
    /// <exception cref="ArgumentException">This host has none of that name.</exception>
    public IDeploymentTarget Get(string kind) => _targets.TryGetValue(kind, out var target) ? target : throw new ArgumentException(Unknown(kind), nameof(kind));

    /// <summary>Why a manifest's target and profile can't be used on this host; null where they can.</summary>
    public string? Refusal(string kind, string? profile) => _targets.TryGetValue(kind, out var target) ? target.Refusal(profile) : Unknown(kind);

    private string Unknown(string kind) => $"deployment.target is '{kind}', but this host has only: {string.Join(", ", _targets.Keys.Order(StringComparer.Ordinal))}.";
}
