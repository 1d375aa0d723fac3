using System.Text.Json.Nodes;

namespace SelfImprove.Azure.Training.AzureMl;

/// <summary>A kind of job of a workspace: one that runs the training script, or a managed fine-tuning.</summary>
internal interface IJobKind
{
    /// <summary>The target's name in manifests.</summary>
    string Target { get; }

    /// <summary>The formats it takes.</summary>
    IReadOnlySet<string> Formats { get; }

    /// <summary>The output that holds the model.</summary>
    string Output { get; }

    /// <summary>The model's type in the registry.</summary>
    string ModelType { get; }

    /// <summary>The job's properties, beside those that every job has.</summary>
    Task<JsonObject> PropertiesAsync(TrainingRecord record, string data, CancellationToken cancellationToken);
}
