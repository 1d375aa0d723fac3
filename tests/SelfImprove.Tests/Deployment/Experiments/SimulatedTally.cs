using SelfImprove.Deployment.Experiments;

namespace SelfImprove.Tests.Deployment.Experiments;

/// <summary>How simulated experiments were decided, and after how many requests.</summary>
internal sealed class SimulatedTally
{
    private readonly List<(ExperimentDecision Decision, int At)> _all = [];

    public void Add(ExperimentDecision decision, int at) => _all.Add((decision, at));

    public double Share(ExperimentDecision decision) => _all.Count(a => a.Decision == decision) / (double)_all.Count;

    public int MedianRequests => _all.Select(a => a.At).Order().ElementAt(_all.Count / 2);

    public override string ToString() =>
        $"promoted {Share(ExperimentDecision.Promote):0.000}, rolled back {Share(ExperimentDecision.RollBack):0.000}, void {Share(ExperimentDecision.Void):0.000}, median {MedianRequests}";
}
