using System.Security.Cryptography;
using System.Text;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.Audit;
using SelfImprove.Models;
using SelfImprove.Models.Endpoints;
using SelfImprove.Orchestration;

namespace SelfImprove.Training;

/// <summary>Makes a version of a model that is there already: a deployment of an endpoint (<c>openai:main/student</c>), a registered model, a model file.</summary>
/// <param name="models">Opens it, so that a wrong name is told now and not at the first request.</param>
/// <param name="versions">Gets the version.</param>
/// <param name="routing">Tells whether the agent serves already.</param>
/// <param name="audit">Gets the record.</param>
public sealed class AdoptedModel(ModelCatalog models, VersionStore versions, RoutingStore routing, AuditLog audit)
{
    /// <summary>The longest reference, in characters.</summary>
    public const int MaxReference = 512;

    /// <summary>
    /// Registers it, once per reference. An agent's first version serves at once, so it must be open to questions now; a later one waits, and may need a deployment
    /// first where the manifest names a deployment target.
    /// </summary>
    /// <param name="manifest">The agent.</param>
    /// <param name="reference">The model: <c>{scheme}:{rest}</c>.</param>
    /// <param name="by">Who asked for it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentException">The reference can't be opened; the message says why, and which schemes this host knows.</exception>
    /// <exception cref="TransientException">Whether it can be opened can't be told now.</exception>
    public async Task<AgentVersion> RegisterAsync(AgentManifest manifest, string reference, string by, CancellationToken cancellationToken = default)
    {
        await EnsureOpensAsync(manifest, reference, cancellationToken);
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(reference)).AsSpan(0, 16));
        await audit.AppendAsync(
            manifest.Agent, new AuditRecord("versionRegistered", null, by, new { Model = reference, Origin = VersionOrigin.Reference }, $"reference/{key}"), cancellationToken);
        var head = await audit.HeadAsync(manifest.Agent, cancellationToken);
        return await versions.RegisterAsync(
            new VersionDraft { Agent = manifest.Agent, Model = reference, Origin = VersionOrigin.Reference, AuditHead = head?.Hash }, cancellationToken);
    }

    private async Task EnsureOpensAsync(AgentManifest manifest, string reference, CancellationToken cancellationToken)
    {
        if (reference.Length is 0 or > MaxReference || reference.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
            throw Wrong($"A model reference has 1 to {MaxReference} characters, and no space among them.");
        var colon = reference.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || !models.Schemes.Contains(reference[..colon], StringComparer.Ordinal)) throw Wrong($"'{reference}' has no scheme that this host knows.");
        try
        {
            await models.OpenAsync(reference, manifest.Task, cancellationToken);
        }
        catch (ModelNotServedException notServed)
        {
            if (await routing.GetAsync(manifest.Agent, cancellationToken) is null)
                throw Wrong($"{notServed.Message} The first version of {manifest.Agent} would serve at once, so it must be one that answers now.");
            if (manifest.Deployment.Target == DeploymentSettings.RouterTarget) throw Wrong(notServed.Message);
        }
        catch (Exception e) when (e is not (TransientException or OperationCanceledException))
        {
            throw Wrong($"'{reference}' can't be opened. {e.Message.Split(" (Parameter", 2)[0]}");
        }
    }

    private ArgumentException Wrong(string what) => new($"{what} This host opens {string.Join(", ", models.Schemes.Select(s => s + ":"))}.");
}
