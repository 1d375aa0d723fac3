namespace SelfImprove.Statistics.Drift;

/// <summary>
/// A detector fed one observation at a time. Its state is small, and every implementation gives and takes it as a record. After a drift it starts afresh at
/// the next observation.
/// </summary>
public interface IDriftDetector
{
    /// <summary>Takes one finite observation and says what it means.</summary>
    DriftLevel Update(double value);
}
