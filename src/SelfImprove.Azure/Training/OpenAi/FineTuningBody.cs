using System.Globalization;
using System.Text.Json.Nodes;

namespace SelfImprove.Azure.Training.OpenAi;

/// <summary>The body that creates a fine-tuning job.</summary>
internal static class FineTuningBody
{
    /// <summary>The metadata's key that holds the idempotency key's hash.</summary>
    public const string Key = "selfimprove-key";

    /// <summary>Azure takes 18 characters at most.</summary>
    private const int SuffixLength = 18;

    public static JsonObject Of(TrainingRecord record, string file, bool metadata)
    {
        var profile = record.Profile;
        var hyperparameters = new JsonObject();
        foreach (var (name, value) in profile.OptionsWith(record.Job.Settings.Hyperparameters, Hyperparameters.OfService))
            if (name != "beta" || record.Job.Format == "dpo") hyperparameters[name] = Number(value);
        var type = record.Job.Format == "dpo" ? "dpo" : "supervised";
        var body = new JsonObject
        {
            ["model"] = profile.BaseModel,
            ["training_file"] = file,
            ["suffix"] = SuffixOf(record),
            ["seed"] = record.Job.Settings.Seed,
            ["method"] = new JsonObject { ["type"] = type, [type] = new JsonObject { ["hyperparameters"] = hyperparameters } },
        };
        if (profile.TrainingType is not null) body["trainingType"] = profile.TrainingType;
        if (metadata) body["metadata"] = new JsonObject { [Key] = JobKey.HashOf(record.Key), ["agent"] = record.Job.Run.Agent, ["run"] = record.Job.Run.Run };
        return body;
    }

    /// <summary>What a person sees in the model's name: the agent, and the start of the key's hash.</summary>
    public static string SuffixOf(TrainingRecord record)
    {
        var hash = JobKey.HashOf(record.Key)[..8];
        var agent = record.Job.Run.Agent;
        return $"{(agent.Length > SuffixLength - 9 ? agent[..(SuffixLength - 9)] : agent).TrimEnd('-')}-{hash}";
    }

    private static JsonValue Number(string text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out var whole) ? JsonValue.Create(whole)
            : JsonValue.Create(double.Parse(text, CultureInfo.InvariantCulture));
}
