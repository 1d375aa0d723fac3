using SelfImprove.Agents.Manifests;

namespace SelfImprove.Models;

/// <summary>
/// Opens models by reference: <c>builtin:{store path of a model file}</c>; hosts add others (an endpoint's name, say). A
/// reference is <c>{scheme}:{rest}</c>.
/// </summary>
public interface IModelSource
{
    /// <summary>The scheme it serves: <c>builtin</c>.</summary>
    string Scheme { get; }

    /// <summary>Opens a model; may keep it for the next caller.</summary>
    /// <param name="reference">The part after the scheme and colon.</param>
    /// <param name="task">What the model is used for: decides the form of its output.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IChatModel> OpenAsync(string reference, TaskSettings task, CancellationToken cancellationToken = default);

    /// <summary>What telemetry calls a model; by default it is the scheme's, under its reference.</summary>
    /// <param name="reference">The part after the scheme and colon, of a model that could be opened.</param>
    ModelIdentity Identify(string reference) => new(Scheme, reference);
}
