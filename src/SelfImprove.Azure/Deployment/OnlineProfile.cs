namespace SelfImprove.Azure.Deployment;

/// <summary>How a version is deployed to an Azure ML managed online endpoint.</summary>
public sealed record OnlineProfile
{
    /// <summary>What stands for the agent's name in <see cref="Endpoint"/> and <see cref="ModelEndpoint"/>.</summary>
    public const string AgentPlace = "{agent}";

    /// <summary>The online endpoint's name; <c>{agent}</c> in it makes it one endpoint an agent. Only then is its own traffic written: agents that share an
    /// endpoint would take it from each other. Setting <c>endpoint</c>.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The name, in the host's model endpoints, of that endpoint's address: versions are served as <c>openai:{modelEndpoint}/{deployment}</c>. It may
    /// hold <c>{agent}</c> too. Setting <c>modelEndpoint</c>.</summary>
    public required string ModelEndpoint { get; init; }

    /// <summary>The environment with the inference server: <c>azureml:NAME:VERSION</c> or a resource's id. Setting <c>environment</c>.</summary>
    public required string Environment { get; init; }

    /// <summary>The machine: <c>Standard_NC24ads_A100_v4</c>. Setting <c>instanceType</c>.</summary>
    public required string InstanceType { get; init; }

    /// <summary>How many machines, 1 to 100. Setting <c>instances</c>.</summary>
    public int Instances { get; init; } = 1;

    /// <summary>How long one request may take; Azure's own 5 s are too few for a language model. Setting <c>requestTimeout</c>, to 3 minutes.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Requests at once on one machine, 1 to 1000. Setting <c>concurrency</c>.</summary>
    public int Concurrency { get; init; } = 32;

    /// <summary>How long the model may take to load before the probes count. Setting <c>startup</c>, to an hour.</summary>
    public TimeSpan Startup { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Where the model's files are mounted. Setting <c>modelMountPath</c>.</summary>
    public string ModelMountPath { get; init; } = "/var/model";

    /// <summary>How callers are known: <c>AADToken</c>, <c>Key</c>, <c>AMLToken</c>. Setting <c>authMode</c>.</summary>
    public string AuthMode { get; init; } = "AADToken";

    /// <summary>Environment variables of the server; <c>SERVED_MODEL_NAME</c> (the deployment's name) is added. Section <c>variables</c>.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether each agent has an endpoint of its own.</summary>
    internal bool IsPerAgent => Endpoint.Contains(AgentPlace, StringComparison.Ordinal);

    internal string EndpointOf(string agent) => DeploymentNames.Fit(Endpoint.Replace(AgentPlace, agent, StringComparison.Ordinal), DeploymentNames.MaxOnline);

    internal string ModelEndpointOf(string agent) => ModelEndpoint.Replace(AgentPlace, agent, StringComparison.Ordinal);
}
