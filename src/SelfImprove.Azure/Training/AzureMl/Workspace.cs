using System.Text.Json.Nodes;
using SelfImprove.Azure.Arm;
using SelfImprove.Storage;
using SelfImprove.Training;

namespace SelfImprove.Azure.Training.AzureMl;

/// <summary>What training needs of a workspace: files in its default datastore, and data, code, job and model resources. Everything may be repeated.</summary>
internal sealed class Workspace(WorkspaceSettings settings, ArmResources arm, WorkspaceBlobs blobs, IObjectStore store)
{
    /// <summary>The stable api-version that the shapes here are of.</summary>
    public const string ApiVersion = "2025-12-01";

    private const string Folder = "selfimprove";

    // A token may go only where Azure keeps blobs.
    private static readonly string[] BlobSuffixes = ["core.windows.net", "core.chinacloudapi.cn", "core.usgovcloudapi.net"];

    private Datastore? _datastore;

    public string IdOf(string collection, string name) => $"{settings.Id}/{collection}/{name}";

    public string JobId(string name) => IdOf("jobs", name);

    /// <summary>Puts a dataset into the datastore, once per content, and registers it as a data asset; gives the asset's id.</summary>
    public async Task<string> DatasetAsync(TrainingJob job, TrainingProfile profile, CancellationToken cancellationToken)
    {
        var file = new DatasetFile(store, job.Dataset);
        var (content, _) = await file.MeasureAsync(profile, job.Format, cancellationToken);
        var datastore = await DatastoreAsync(cancellationToken);
        var path = $"{Folder}/datasets/{job.Run.Agent}/{content}/train.jsonl";
        if (!await blobs.ExistsAsync(datastore.UrlOf(path), cancellationToken)) await blobs.WriteAsync(datastore.UrlOf(path), file.ReadAsync(cancellationToken),
            cancellationToken);
        var id = IdOf("data", $"selfimprove-{job.Run.Agent}/versions/{content}");
        await arm.EnsureAsync(id, ApiVersion, new JsonObject
        {
            ["properties"] = new JsonObject
            {
                ["dataType"] = "uri_file",
                ["dataUri"] = datastore.AddressOf(path),
                ["description"] = $"Training data of {job.Run.Agent}, {job.Run.Run}, round {job.Run.Round}.",
                ["tags"] = new JsonObject { ["selfimprove.agent"] = job.Run.Agent, ["selfimprove.run"] = job.Run.Run },
            },
        }, cancellationToken);
        return id;
    }

    /// <summary>Puts the training script into the datastore and registers it, once per content; gives the code asset's id.</summary>
    public async Task<string> CodeAsync(TrainingCode code, CancellationToken cancellationToken)
    {
        if (!code.Files.ContainsKey("train.py"))
            throw new TrainingRefusedException("This build carries no training script (src/training/train.py): command jobs can't be run with it.");
        var id = IdOf("codes", $"selfimprove-training/versions/{code.Hash}");
        if (await arm.GetAsync(id, ApiVersion, cancellationToken) is not null) return id;
        var datastore = await DatastoreAsync(cancellationToken);
        var folder = $"{Folder}/code/{code.Hash}";
        foreach (var (path, bytes) in code.Files) await blobs.WriteAsync(datastore.UrlOf($"{folder}/{path}"), Whole(bytes), cancellationToken);
        await arm.EnsureAsync(id, ApiVersion, new JsonObject { ["properties"] = new JsonObject { ["codeUri"] = datastore.UrlOf(folder).AbsoluteUri } },
            cancellationToken);
        return id;
    }

    /// <summary>Where a job's model goes in the datastore.</summary>
    public async Task<string> OutputAsync(TrainingRecord record, CancellationToken cancellationToken) =>
        (await DatastoreAsync(cancellationToken)).AddressOf(OutputPath(record));

    /// <summary>A small file of a job's output; null where there is none.</summary>
    public async Task<byte[]?> OutputFileAsync(TrainingRecord record, string file, CancellationToken cancellationToken) =>
        await blobs.ReadAsync((await DatastoreAsync(cancellationToken)).UrlOf($"{OutputPath(record)}/{file}"), cancellationToken);

    public Task<ArmReply> SubmitAsync(TrainingRecord record, JsonObject job, CancellationToken cancellationToken) =>
        arm.EnsureAsync(JobId(record.Name), ApiVersion, job, cancellationToken);

    public Task<ArmReply?> JobAsync(string name, CancellationToken cancellationToken) => arm.GetAsync(JobId(name), ApiVersion, cancellationToken);

    public async Task CancelAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await arm.PostAsync(JobId(name), "cancel", ApiVersion, null, cancellationToken);
        }
        catch (ArmException refused) when (refused.Error.Kind is ArmErrorKind.Invalid or ArmErrorKind.Conflict)
        {
            // One that has ended can't be cancelled: what was wanted. One that has not is reported.
            if (await JobAsync(name, cancellationToken) is { } job && !WorkspaceStatus.StateOf(job.Text("properties.status")).HasEnded()) throw;
        }
    }

    /// <summary>Registers a job's output as a model, once; gives its name and version.</summary>
    public async Task<string> RegisterAsync(TrainingRecord record, string output, string type, CancellationToken cancellationToken)
    {
        var run = record.Job.Run;
        var name = $"selfimprove-{run.Agent}/versions/{JobKey.HashOf(record.Key)}";
        await arm.EnsureAsync(IdOf("models", name), ApiVersion, new JsonObject
        {
            ["properties"] = new JsonObject
            {
                ["modelType"] = type,
                ["modelUri"] = $"azureml://jobs/{record.Name}/outputs/{output}/paths/",
                ["jobName"] = record.Name,
                ["description"] = $"Candidate of {run.Agent}: {run.Run}, round {run.Round}.",
                ["tags"] = new JsonObject
                {
                    ["selfimprove.agent"] = run.Agent, ["selfimprove.run"] = run.Run, ["selfimprove.method"] = record.Job.Format,
                        ["selfimprove.base"] = record.Profile.BaseModel,
                },
            },
        }, cancellationToken);
        return name.Replace("/versions/", "/", StringComparison.Ordinal);
    }

    private static string OutputPath(TrainingRecord record) => $"{Folder}/models/{record.Job.Run.Agent}/{record.Name}";

    private async Task<Datastore> DatastoreAsync(CancellationToken cancellationToken)
    {
        if (_datastore is { } known) return known;
        await foreach (var found in arm.ListAsync(IdOf("datastores", "").TrimEnd('/'), ApiVersion, "isDefault=true", cancellationToken))
        {
            var reply = new ArmReply(200, found);
            if (reply.Text("properties.accountName") is not { } account || reply.Text("properties.containerName") is not { } container
                || reply.Text("name") is not { } name) continue;
            var suffix = reply.Text("properties.endpoint") ?? "core.windows.net";
            if (settings.BlobEndpoint is null && !BlobSuffixes.Contains(suffix))
                throw new TrainingRefusedException($"The workspace's default datastore {name} is at '{suffix}', which is no endpoint of Azure Storage: no token is sent "
                    + "there. Set training:azureml:blobEndpoint if it is right.");
            return _datastore = new Datastore(name, container, settings.BlobEndpoint ?? new Uri($"https://{account}.blob.{suffix}/"));
        }
        throw new TrainingRefusedException($"The workspace {settings.Id} has no default datastore on Blob Storage: create one, or make one the default.");
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Whole(byte[] bytes)
    {
        await Task.CompletedTask;
        if (bytes.Length > 0) yield return bytes;
    }

    private sealed record Datastore(string Name, string Container, Uri Endpoint)
    {
        public Uri UrlOf(string path) => new(Endpoint, $"{Container}/{path}");

        public string AddressOf(string path) => $"azureml://datastores/{Name}/paths/{path}";
    }
}
