namespace SelfImprove.Azure.Deployment;

/// <summary>How a fine-tuned version, or a teacher, is deployed in an Azure OpenAI account.</summary>
public sealed record OpenAiProfile
{
    /// <summary>The name, in the host's model endpoints, of the account's address: deployments are served as <c>openai:{modelEndpoint}/{deployment}</c>.
    /// Setting <c>modelEndpoint</c>.</summary>
    public required string ModelEndpoint { get; init; }

    /// <summary>The kind of deployment of a fine-tuned version; <c>DeveloperTier</c> costs nothing by the hour. Setting <c>sku</c>.</summary>
    public string Sku { get; init; } = "Standard";

    /// <summary>How much of it a fine-tuned version gets, in the service's units. Setting <c>capacity</c>.</summary>
    public int Capacity { get; init; } = 1;

    /// <summary>The models that teachers may be deployed of; none where empty. List <c>teacherModels</c>.</summary>
    public IReadOnlyList<string> TeacherModels { get; init; } = [];

    /// <summary>The kinds of deployment that teachers may have. List <c>teacherSkus</c>.</summary>
    public IReadOnlyList<string> TeacherSkus { get; init; } = ["Standard", "GlobalStandard", "DataZoneStandard"];

    /// <summary>The most that one teacher may ask for. Setting <c>teacherCapacity</c>.</summary>
    public int TeacherCapacity { get; init; } = 100;
}
