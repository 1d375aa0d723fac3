using SelfImprove.Agents.Manifests;
using SelfImprove.Models;
using SelfImprove.Storage;
using SelfImprove.Telemetry;

namespace SelfImprove.Training.FewShot;

/// <summary>Opens models with examples in their prompt, by the store path of a <see cref="FewShotPrompt"/>.</summary>
/// <param name="documents">Where prompts are.</param>
/// <param name="models">Opens the model behind a prompt; asked only then, for the catalogue lists this source too.</param>
public sealed class FewShotModelSource(JsonDocuments documents, Func<ModelCatalog> models) : IModelSource
{
    /// <summary>The scheme of references: <c>few-shot:{store path}</c>.</summary>
    public const string SchemeName = "few-shot";

    /// <inheritdoc/>
    public string Scheme => SchemeName;

    /// <inheritdoc/>
    public ModelIdentity Identify(string reference) => new(TelemetryNames.OwnProvider, reference);

    /// <inheritdoc/>
    /// <exception cref="FileNotFoundException">There is no such prompt.</exception>
    public async Task<IChatModel> OpenAsync(string reference, TaskSettings task, CancellationToken cancellationToken = default)
    {
        var prompt = (await documents.ReadAsync<FewShotPrompt>(reference, cancellationToken))?.Value
            ?? throw new FileNotFoundException($"There is no prompt {reference}.", reference);
        return new FewShotModel(await models().OpenAsync(prompt.Base, task, cancellationToken), prompt);
    }
}
