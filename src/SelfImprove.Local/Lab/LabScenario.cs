namespace SelfImprove.Local.Lab;

/// <summary>What happens to the agent in a run of the laboratory, a quarter of the way through.</summary>
public enum LabScenario
{
    /// <summary>Classes (and, in the shipped data, wordings) appear that the agent never saw, until they are half of the traffic.</summary>
    Drift,
    /// <summary>One source of feedback, which gives a fifth of it, begins to say the opposite of the truth.</summary>
    Attack,
    /// <summary>A person puts a worse version into service.</summary>
    Regression,
    /// <summary>Nothing: whatever is triggered is triggered falsely.</summary>
    Stable,
}
