using SelfImprove.Local.Demo;

namespace SelfImprove.Local.Lab;

/// <summary>An interaction of the laboratory: everything about it but the answer is decided beforehand, so that all policies meet the same traffic.</summary>
/// <param name="User">Who asks.</param>
/// <param name="Said">What is asked, and what would be right.</param>
/// <param name="Scored">Whether its text is of those that may never be labelled, by which reward is told.</param>
/// <param name="Judged">Whether a thumb comes.</param>
/// <param name="Wrong">Whether that thumb is wrong.</param>
/// <param name="Source">Where the thumb comes from.</param>
public sealed record LabRequest(string User, LabelledText Said, bool Scored, bool Judged, bool Wrong, string Source)
{
    /// <summary>The thumb on an answer.</summary>
    public bool Thumb(bool right) => right != Wrong;
}
