namespace SelfImprove.Models;

/// <summary>What telemetry calls a model.</summary>
/// <param name="Provider">Who provides it, in the words of OpenTelemetry's <c>gen_ai.provider.name</c>.</param>
/// <param name="Model">Its name there.</param>
/// <param name="Address">The endpoint's host; null where the model runs in this process.</param>
/// <param name="Port">The endpoint's port; null where there is none.</param>
public sealed record ModelIdentity(string Provider, string Model, string? Address = null, int? Port = null);
