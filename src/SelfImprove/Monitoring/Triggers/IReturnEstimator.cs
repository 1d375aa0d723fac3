namespace SelfImprove.Monitoring.Triggers;

/// <summary>The port through which the <c>return</c> policy asks planning: monitoring knows no later stage.</summary>
public interface IReturnEstimator
{
    /// <summary>The best affordable plan's return; null where too little is known for an estimate.</summary>
    Task<ReturnEstimate?> EstimateAsync(string agent, CancellationToken cancellationToken = default);
}
