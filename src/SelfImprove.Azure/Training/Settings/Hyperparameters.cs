using System.Globalization;
using SelfImprove.Agents.Manifests;

namespace SelfImprove.Azure.Training;

/// <summary>The manifest's hyperparameters by name, and what trainers call them.</summary>
internal static class Hyperparameters
{
    /// <summary>Options of the training script, by the manifest's names.</summary>
    public static readonly IReadOnlyDictionary<string, string> OfScript = new Dictionary<string, string>
    {
        ["epochs"] = "epochs", ["learningRate"] = "learning-rate", ["batchSize"] = "batch-size", ["loraRank"] = "lora-rank", ["beta"] = "beta",
    };

    /// <summary>Hyperparameters of OpenAI's fine-tuning, by the manifest's names.</summary>
    public static readonly IReadOnlyDictionary<string, string> OfService = new Dictionary<string, string>
    {
        ["epochs"] = "n_epochs", ["learningRateMultiplier"] = "learning_rate_multiplier", ["batchSize"] = "batch_size", ["beta"] = "beta",
    };

    /// <summary>All options of the training script that a profile may set; true where it takes no value.</summary>
    public static readonly IReadOnlyDictionary<string, bool> ScriptOptions = new Dictionary<string, bool>
    {
        ["batch-size"] = false, ["beta"] = false, ["deterministic"] = true, ["epochs"] = false, ["eval-steps"] = false, ["gradient-accumulation"] = false,
            ["keep-checkpoints"] = false,
        ["learning-rate"] = false, ["load-in-4bit"] = true, ["logging-steps"] = false, ["lora-alpha"] = false, ["lora-dropout"] = false, ["lora-rank"] = false,
            ["lora-targets"] = false,
        ["max-length"] = false, ["max-steps"] = false, ["merge"] = true, ["no-gradient-checkpointing"] = true, ["precision"] = false, ["scheduler"] = false,
        ["validation-share"] = false, ["warmup-ratio"] = false, ["weight-decay"] = false,
    };

    /// <summary>Those that the manifest sets.</summary>
    public static IEnumerable<(string Name, string Value)> Of(HyperparameterSettings settings)
    {
        (string Name, double? Value)[] all =
        [
            ("epochs", settings.Epochs), ("learningRate", settings.LearningRate), ("learningRateMultiplier", settings.LearningRateMultiplier),
            ("batchSize", settings.BatchSize), ("loraRank", settings.LoraRank), ("beta", settings.Beta),
        ];
        return all.Where(h => h.Value is not null).Select(h => (h.Name, h.Value!.Value.ToString("0.############", CultureInfo.InvariantCulture)));
    }
}
