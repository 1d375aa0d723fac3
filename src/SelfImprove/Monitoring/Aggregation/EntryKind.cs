namespace SelfImprove.Monitoring.Aggregation;

/// <summary>What an entry of the event index is about. The numbers are stored.</summary>
internal enum EntryKind : byte
{
    /// <summary>An interaction, or judgements that wait for one.</summary>
    Interaction = 1,
    /// <summary>A feedback event that was counted.</summary>
    Feedback = 2,
    /// <summary>An episode: its interactions and the judgements of all of it.</summary>
    Episode = 3,
}
