namespace SelfImprove.Azure.Training;

/// <summary>The host's section <c>training</c>: the training targets beside the built-in one, and the profiles that manifests may name.</summary>
public sealed record TrainingSettings
{
    /// <summary>The Azure Machine Learning workspace; null where there is none.</summary>
    public WorkspaceSettings? Workspace { get; init; }

    /// <summary>The fine-tuning service; null where there is none.</summary>
    public FineTuningSettings? OpenAi { get; init; }
}

/// <summary>An Azure Machine Learning workspace.</summary>
public sealed record WorkspaceSettings
{
    /// <summary>Its resource id.</summary>
    public required string Id { get; init; }

    /// <summary>Azure Resource Manager's endpoint; another only for sovereign clouds.</summary>
    public Uri Endpoint { get; init; } = new("https://management.azure.com/");

    /// <summary>Whom its tokens are for.</summary>
    public string Audience { get; init; } = "https://management.azure.com";

    /// <summary>The blob endpoint of the default datastore's account; <c>https://{account}.blob.{suffix}/</c> where null.</summary>
    public Uri? BlobEndpoint { get; init; }

    /// <summary>Profiles of the target <c>azureml</c>: jobs that run the training script.</summary>
    public IReadOnlyDictionary<string, TrainingProfile> Profiles { get; init; } = new Dictionary<string, TrainingProfile>();

    /// <summary>Whether the target <c>azureml-finetuning</c> exists: Azure's managed fine-tuning jobs are a preview.</summary>
    public bool AllowPreview { get; init; }

    /// <summary>Profiles of the target <c>azureml-finetuning</c>.</summary>
    public IReadOnlyDictionary<string, TrainingProfile> FineTuning { get; init; } = new Dictionary<string, TrainingProfile>();
}

/// <summary>Azure OpenAI's fine-tuning, OpenAI's, or a compatible server's.</summary>
public sealed record FineTuningSettings
{
    /// <summary>The name of the model endpoint that serves what is trained: references are <c>openai:{endpoint}/{model}</c>.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The base address, a slash at the end.</summary>
    public required Uri Url { get; init; }

    /// <summary>How it is told who asks: <c>entra</c>, <c>api-key</c>, <c>bearer</c> or <c>none</c>.</summary>
    public required string Auth { get; init; }

    /// <summary>With a key: the secret's name.</summary>
    public string? Secret { get; init; }

    /// <summary>Whether jobs carry metadata: OpenAI takes it; on Azure jobs are found again by their files.</summary>
    public bool Metadata { get; init; }

    /// <summary>The profiles.</summary>
    public IReadOnlyDictionary<string, TrainingProfile> Profiles { get; init; } = new Dictionary<string, TrainingProfile>();
}
