namespace SelfImprove.Agents.Manifests;

/// <summary>What a teacher is.</summary>
public enum TeacherKind
{
    /// <summary>One model.</summary>
    Model,
    /// <summary>Several teachers; agreement is kept, disagreement goes to people where there are some, and is dropped otherwise.</summary>
    Panel,
    /// <summary>The first member is asked first; the next where it is not sure.</summary>
    Cascade,
    /// <summary>People, through the inbox.</summary>
    People,
}
