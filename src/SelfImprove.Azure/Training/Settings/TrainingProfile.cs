using SelfImprove.Agents.Manifests;

namespace SelfImprove.Azure.Training;

/// <summary>
/// A way to train that the host approves. Manifests name profiles, never commands: what runs, where, on which model and for how long at most is decided here.
/// </summary>
public sealed record TrainingProfile
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The model that students grow from: a name at Hugging Face, a registry's address, or a model of the fine-tuning service.</summary>
    public required string BaseModel { get; init; }

    /// <summary>Command jobs: the environment, <c>azureml:NAME:VERSION</c> or an address in a registry.</summary>
    public string Environment { get; init; } = "";

    /// <summary>A compute of the workspace by name; null for serverless.</summary>
    public string? Compute { get; init; }

    /// <summary>The machine, for example <c>Standard_NC24ads_A100_v4</c>; with a compute its own where null.</summary>
    public string? InstanceType { get; init; }

    /// <summary>Serverless: <c>Spot</c>, <c>Basic</c>, <c>Standard</c> or <c>Premium</c>.</summary>
    public string JobTier { get; init; } = "Standard";

    /// <summary>Machines at once.</summary>
    public int Instances { get; init; } = 1;

    /// <summary>Processes on each machine, one a GPU: over 1, or with several machines, the job is distributed by PyTorch.</summary>
    public int Processes { get; init; } = 1;

    /// <summary>As whom the job reads data: <c>AMLToken</c>, <c>Managed</c> or <c>UserIdentity</c>.</summary>
    public string Identity { get; init; } = "AMLToken";

    /// <summary>The managed identity's client id; null for the system-assigned one.</summary>
    public string? ClientId { get; init; }

    /// <summary>Shared memory: <c>16g</c>; the service's default where null.</summary>
    public string? ShmSize { get; init; }

    /// <summary>After this long Azure itself ends the job.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(24);

    /// <summary>What one machine costs an hour, or the service one hour of training, in USD.</summary>
    public decimal PricePerHour { get; init; }

    /// <summary>What a fine-tuning service takes for a million trained tokens, in USD.</summary>
    public decimal PricePerMillionTokens { get; init; }

    /// <summary>Whether rows may have images.</summary>
    public bool Images { get; init; }

    /// <summary>Command jobs: whether the training script's own requirements are installed when the job starts, since the environment lacks them.</summary>
    public bool InstallRequirements { get; init; }

    /// <summary>Managed fine-tuning: <c>ChatCompletion</c>, <c>TextCompletion</c>...</summary>
    public string TaskType { get; init; } = "ChatCompletion";

    /// <summary>Azure OpenAI: <c>Standard</c>, <c>GlobalStandard</c> or <c>Developer</c>; null elsewhere.</summary>
    public string? TrainingType { get; init; }

    /// <summary>Options of the training script, or hyperparameters of the service, by their names there.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The hyperparameters that manifests may set, by their names in a manifest.</summary>
    public IReadOnlyList<string> Tunable { get; init; } = [];

    /// <summary>The options with what a manifest sets, by this trainer's names.</summary>
    /// <param name="chosen">The manifest's.</param>
    /// <param name="names">This trainer's name of each, by the manifest's.</param>
    /// <exception cref="SelfImprove.Training.TrainingRefusedException">The profile does not let manifests choose one of them.</exception>
    internal SortedDictionary<string, string> OptionsWith(HyperparameterSettings chosen, IReadOnlyDictionary<string, string> names)
    {
        var options = new SortedDictionary<string, string>(Options.ToDictionary(), StringComparer.Ordinal);
        foreach (var (name, value) in Hyperparameters.Of(chosen))
        {
            if (!Tunable.Contains(name) || !names.TryGetValue(name, out var option))
                throw new SelfImprove.Training.TrainingRefusedException($"student.hyperparameters.{name} can't be set with the training profile '{Name}', which "
                    + (Tunable.Count == 0 ? "leaves nothing to the manifest." : $"leaves to the manifest: {string.Join(", ", Tunable)}."));
            options[option] = value;
        }
        return options;
    }
}
