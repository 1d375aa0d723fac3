namespace SelfImprove.Azure.Deployment;

/// <summary>Profiles by the name that a manifest gives; without one, the only one there is.</summary>
internal static class ProfileChoice
{
    public static T? Find<T>(IReadOnlyDictionary<string, T> profiles, string? name) where T : class =>
        name is not null ? profiles.GetValueOrDefault(name) : profiles.Count == 1 ? profiles.Values.First() : null;

    public static string Refusal(string target, string? name, IEnumerable<string> known)
    {
        var names = string.Join(", ", known.Order(StringComparer.Ordinal));
        return names.Length == 0
            ? $"This host has no profile for deployment.target {target}. Add one to its configuration."
            : name is null
                ? $"deployment.profile is missing: this host has several for {target}: {names}."
                : $"deployment.profile is '{name}', but this host approves only these for {target}: {names}.";
    }
}
