namespace SelfImprove.Agents.Manifests;

/// <summary>Which teachers can say at once what the right answer is: models that are there, and panels and cascades that have such. Pure.</summary>
public static class ShadowTeachers
{
    /// <summary>The teacher that a manifest's shadow stage asks unless it names one: the labeller of validation items where that can answer, for it is independent of the
    /// training data; otherwise the first that can. Null where there is none.</summary>
    public static string? DefaultOf(AgentManifest manifest) => manifest.Evaluation.Labeller is { } labeller && CanAnswer(manifest, labeller)
        ? labeller
        : manifest.Teachers.FirstOrDefault(t => CanAnswer(manifest, t.Name))?.Name;

    /// <summary>Whether a teacher can answer at once.</summary>
    public static bool CanAnswer(AgentManifest manifest, string teacher) => CanAnswer(manifest, teacher, []);

    private static bool CanAnswer(AgentManifest manifest, string teacher, IReadOnlyList<string> above) =>
        !above.Contains(teacher) && manifest.Teachers.FirstOrDefault(t => t.Name == teacher) is { } found && found.Kind switch
        {
            TeacherKind.Model => found is { Deploy: null, Model: not null },
            TeacherKind.Cascade => found.Members.Any(m => CanAnswer(manifest, m, [.. above, teacher])),
            // A panel's answer takes two that agree.
            TeacherKind.Panel => found.Members.Count(m => CanAnswer(manifest, m, [.. above, teacher])) >= 2,
            _ => false,
        };
}
