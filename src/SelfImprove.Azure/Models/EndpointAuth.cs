namespace SelfImprove.Azure.Models;

/// <summary>How a model endpoint is told who asks.</summary>
public enum EndpointAuth
{
    /// <summary>With a Microsoft Entra ID token of the host's identity, of the endpoint's scope. In settings: <c>entra</c>.</summary>
    Entra,

    /// <summary>With a key in the header <c>api-key</c>, as Azure OpenAI takes it. In settings: <c>api-key</c>.</summary>
    ApiKey,

    /// <summary>With a key as bearer token, as OpenAI and most compatible servers take it. In settings: <c>bearer</c>.</summary>
    Bearer,

    /// <summary>Not at all. In settings: <c>none</c>.</summary>
    None,
}
