namespace SelfImprove.Deployment.Targets;

/// <summary>Where a model answers: <c>serving/{hash of its reference}.json</c>. Several agents may have deployed one model, each for itself.</summary>
/// <param name="Model">The model's reference, as versions name it.</param>
/// <param name="Places">The healthy deployments of it.</param>
public sealed record ServedModel(string Model, IReadOnlyList<ServedPlace> Places);

/// <summary>A healthy deployment of a model.</summary>
/// <param name="Agent">Whose.</param>
/// <param name="Version">Of which version.</param>
/// <param name="Serving">The model reference that it answers under.</param>
public sealed record ServedPlace(string Agent, string Version, string Serving);
