using SelfImprove.Training;

namespace SelfImprove.Azure.Training;

/// <summary>Which profile a job is trained by, and whether the target takes it.</summary>
internal static class ProfileChoice
{
    public static TrainingProfile Of(string target, IReadOnlyDictionary<string, TrainingProfile> profiles, TrainingJob job, IReadOnlySet<string> formats)
    {
        if (!formats.Contains(job.Format))
            throw new TrainingRefusedException($"The training target {target} can't train on '{job.Format}' rows, only on: {List(formats)}.");
        if (job.Settings.Profile is { } name)
            return profiles.GetValueOrDefault(name)
                ?? throw new TrainingRefusedException($"student.profile is '{name}', but for {target} this host has only: {List(profiles.Keys)}.");
        return profiles.Count == 1
            ? profiles.Values.Single()
            : throw new TrainingRefusedException($"student.profile is missing: for {target} this host has several, {List(profiles.Keys)}.");
    }

    public static TrainingStatus Unknown(string jobId) =>
        new() { State = TrainingState.Failed, Reason = $"There is no record of training job {jobId}; it will be submitted again.", IsTransient = true };

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));
}
