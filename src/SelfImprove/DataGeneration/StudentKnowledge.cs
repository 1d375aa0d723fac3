using SelfImprove.Agents.Manifests;

namespace SelfImprove.DataGeneration;

/// <summary>What the student that is trained can learn.</summary>
public static class StudentKnowledge
{
    /// <summary>Whether it learns tool arguments: the built-in student learns the tool's name alone, so its teachers need not know arguments either.</summary>
    public static bool NeedsArguments(AgentManifest manifest) => manifest.Student.Trainer != "builtin";
}
