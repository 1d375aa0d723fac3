using SelfImprove.Agents.Manifests;

namespace SelfImprove.DataGeneration.Labelling.Teachers;

/// <summary>What comes next for an item, given the answers so far.</summary>
internal abstract record TeacherStep
{
    private TeacherStep()
    {
    }

    /// <summary>A model, or people, must be asked.</summary>
    public sealed record Ask(TeacherSettings Teacher) : TeacherStep;

    /// <summary>There is an answer.</summary>
    public sealed record Answered(TeacherAnswer Answer) : TeacherStep;

    /// <summary>There will be none.</summary>
    public sealed record Refused(string Why, string Source) : TeacherStep;
}
