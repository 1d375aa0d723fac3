using SelfImprove.Deployment.Experiments;

namespace SelfImprove.Testing.Rollouts;

/// <summary>An analysis that decides in place of the product's.</summary>
public interface IControlAnalysis
{
    /// <summary>Takes the next mature request.</summary>
    void Fold(in ExperimentObservation observation);

    /// <summary>What is known at a look says.</summary>
    ExperimentDecision Decide(DateTimeOffset now);
}
