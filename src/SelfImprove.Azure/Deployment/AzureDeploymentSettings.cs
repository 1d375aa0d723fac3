namespace SelfImprove.Azure.Deployment;

/// <summary>Where, and by which profiles, this host deploys. Section <c>deployment</c>. Manifests name profiles only.</summary>
public sealed record AzureDeploymentSettings
{
    /// <summary>The subscription's id. Setting <c>subscription</c>.</summary>
    public required string Subscription { get; init; }

    /// <summary>The resource group. Setting <c>resourceGroup</c>.</summary>
    public required string ResourceGroup { get; init; }

    /// <summary>The Azure Machine Learning workspace; needed with online profiles. Setting <c>workspace</c>.</summary>
    public string? Workspace { get; init; }

    /// <summary>The region of the workspace, for its endpoints. Setting <c>location</c>.</summary>
    public string? Location { get; init; }

    /// <summary>The Azure OpenAI account; needed with OpenAI profiles. Setting <c>account</c>.</summary>
    public string? Account { get; init; }

    /// <summary>Profiles of target <c>azureml-endpoint</c> by name. Section <c>onlineProfiles</c>.</summary>
    public IReadOnlyDictionary<string, OnlineProfile> OnlineProfiles { get; init; } = new Dictionary<string, OnlineProfile>();

    /// <summary>Profiles of target <c>azure-openai</c>, and of teachers, by name. Section <c>openAiProfiles</c>.</summary>
    public IReadOnlyDictionary<string, OpenAiProfile> OpenAiProfiles { get; init; } = new Dictionary<string, OpenAiProfile>();

    internal string WorkspaceId => $"{Group}/providers/Microsoft.MachineLearningServices/workspaces/{Workspace}";

    internal string AccountId => $"{Group}/providers/Microsoft.CognitiveServices/accounts/{Account}";

    private string Group => $"/subscriptions/{Subscription}/resourceGroups/{ResourceGroup}";
}
