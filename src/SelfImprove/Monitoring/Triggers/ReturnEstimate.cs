namespace SelfImprove.Monitoring.Triggers;

/// <summary>What improving an agent now is expected to bring.</summary>
/// <param name="GainUsd">The expected gain over the planning horizon, weighted with the chance of promotion.</param>
/// <param name="CostUsd">All costs: data, training, evaluation, exposure, downtime.</param>
/// <param name="Summary">For a person: the plan behind it.</param>
public sealed record ReturnEstimate(decimal GainUsd, decimal CostUsd, string Summary)
{
    /// <summary>Gain less cost.</summary>
    public decimal NetUsd => GainUsd - CostUsd;
}
