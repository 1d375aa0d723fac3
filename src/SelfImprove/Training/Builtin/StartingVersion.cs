using System.Security.Cryptography;
using System.Text;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.Audit;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.Models;
using SelfImprove.Storage;

namespace SelfImprove.Training.Builtin;

/// <summary>Makes an agent's first version: trains a built-in student on labelled texts, keeps its dataset, registers it and lets it serve.</summary>
public sealed class StartingVersion(IObjectStore store, VersionStore versions, RoutingStore routing, AuditLog audit, TrainingThreads? threads = null)
{
    /// <summary>Makes it. An agent that serves a version already keeps it; the new one is registered beside it.</summary>
    /// <param name="manifest">The agent.</param>
    /// <param name="rows">Labelled texts; every label is among the manifest's decisions.</param>
    /// <param name="by">Who asked for it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentException">A label is unknown to the manifest, or the rows can't be trained on.</exception>
    public async Task<AgentVersion> RegisterAsync(AgentManifest manifest, IReadOnlyList<TextExample> rows, string by, CancellationToken cancellationToken = default)
    {
        var known = manifest.Task.Decisions.ToHashSet(StringComparer.Ordinal);
        if (rows.FirstOrDefault(r => !known.Contains(r.Label)) is { } stranger)
            throw new ArgumentException($"'{stranger.Label}' (of \"{stranger.Text}\") is not among the {known.Count} decisions of {manifest.Agent}; add it to the manifest, or correct the row.", nameof(rows));
        var model = await Task.Run(() => StudentTrainer.Train(rows, StudentSettings.Default with { MaxThreads = threads?.Most }, manifest.Student.Seed, cancellationToken), cancellationToken);
        var bytes = model.ToBytes();
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var modelPath = $"agents/{manifest.Agent}/models/start-{hash[..16]}.model";
        await store.WriteAsync(modelPath, bytes, cancellationToken: cancellationToken);

        var tools = manifest.Task.Output == TaskOutput.Tool ? manifest.Task.Tools : [];
        var lines = new StringBuilder();
        foreach (var row in rows)
            lines.Append(SftFormat.Write(new DatasetRow(
                SftFormat.Messages(manifest.Task.Instructions, [ChatMessage.User(row.Text)]), BuiltinModel.OutputOf(row.Label, manifest.Task.Output), tools,
                row.Weight))).Append('\n');
        var datasetPath = $"agents/{manifest.Agent}/datasets/start-{hash[..16]}.jsonl";
        await store.WriteAsync(datasetPath, Encoding.UTF8.GetBytes(lines.ToString()), cancellationToken: cancellationToken);

        await audit.AppendAsync(
            manifest.Agent,
            new AuditRecord("versionRegistered", null, by, new { Model = modelPath, Dataset = datasetPath, Rows = rows.Count, Hash = hash }, $"start/{hash}"),
            cancellationToken);
        var head = await audit.HeadAsync(manifest.Agent, cancellationToken);
        var version = await versions.RegisterAsync(
            new VersionDraft { Agent = manifest.Agent, Model = $"builtin:{modelPath}", Origin = VersionOrigin.Rows, Dataset = datasetPath, ContentHash = hash, AuditHead = head?.Hash },
            cancellationToken);
        await routing.CreateAsync(manifest.Agent, version.Id, by, cancellationToken);
        return version;
    }
}
