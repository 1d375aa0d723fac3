namespace SelfImprove.Azure.Models;

/// <summary>A model endpoint that the host's configuration lists: Azure OpenAI's v1 endpoint, or any server that speaks its language.</summary>
public sealed record ModelEndpointSettings
{
    /// <summary>Its name: <c>[a-z0-9-]{1,63}</c>. Manifests name models <c>openai:{endpoint}/{model or deployment}</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its base address, a slash at the end: <c>https://example.openai.azure.com/openai/v1/</c>. Requests go to this host only.</summary>
    public required Uri Url { get; init; }

    /// <summary>How it is told who asks.</summary>
    public EndpointAuth Auth { get; init; } = EndpointAuth.None;

    /// <summary>With <see cref="EndpointAuth.Entra"/>: the scope of the tokens, <see cref="DefaultScope"/> or another of <see cref="Scopes"/>. Setting <c>scope</c>.</summary>
    public string Scope { get; init; } = DefaultScope;

    /// <summary>The header that carries the model's name beside the body, for servers that choose a deployment by it: <c>azureml-model-deployment</c> at online
    /// endpoints of Azure Machine Learning. Null for none. Setting <c>deploymentHeader</c>.</summary>
    public string? DeploymentHeader { get; init; }

    /// <summary>With a key: the secret's name.</summary>
    public string? Secret { get; init; }

    /// <summary>Whether it may be on this machine or a private network (a private endpoint, a server of one's own), where plain http is allowed too.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>The models that manifests may name; all where empty.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Prices by model; <c>*</c> stands for all others. A model without a price costs nothing by tokens.</summary>
    public IReadOnlyDictionary<string, ModelPrice> Prices { get; init; } = new Dictionary<string, ModelPrice>();

    /// <summary>Whether answers come with the probability of their tokens, from which their confidence is computed. Not every server can.</summary>
    public bool Confidence { get; init; }

    /// <summary>Bounds.</summary>
    public EndpointLimits Limits { get; init; } = new();

    /// <summary>The scope of Azure OpenAI and of Foundry models.</summary>
    public const string DefaultScope = "https://ai.azure.com/.default";

    /// <summary>The scopes that tokens are asked for: those of services that answer for models. A token of another scope (of Resource Manager, say) would let
    /// whoever gets it do other things than answer.</summary>
    public static IReadOnlyList<string> Scopes { get; } = [DefaultScope, "https://ml.azure.com/.default", "https://cognitiveservices.azure.com/.default"];

    /// <summary>The price of a model; null where none is known.</summary>
    public ModelPrice? PriceOf(string model) => Prices.GetValueOrDefault(model) ?? Prices.GetValueOrDefault("*");
}
