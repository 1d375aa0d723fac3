using System.ClientModel.Primitives;
using Azure.Core;
using Azure.Core.Pipeline;

namespace SelfImprove.Azure.Training;

/// <summary>What the host gives training targets to reach their services with.</summary>
/// <param name="Credential">Gives Entra ID tokens; asked again whenever one runs out.</param>
public sealed record TrainingConnections(TokenCredential Credential)
{
    /// <summary>The HTTP beneath calls of Azure Resource Manager and Blob Storage; the packages' own where null.</summary>
    public HttpPipelineTransport? Azure { get; init; }

    /// <summary>The HTTP beneath calls of the fine-tuning service; the package's own where null.</summary>
    public PipelineTransport? Service { get; init; }

    /// <summary>The value of a secret by its name, for an address that it may be sent to; null where the host has no secrets.</summary>
    public Func<string, Uri, string>? Secret { get; init; }

    /// <summary>Before the first repetition of a call that may be repeated.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);
}
