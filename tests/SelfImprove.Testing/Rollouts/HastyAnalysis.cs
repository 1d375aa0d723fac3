using SelfImprove.Deployment.Experiments;
using SelfImprove.Statistics.Sequential;

namespace SelfImprove.Testing.Rollouts;

/// <summary>
/// Compares the plain means of whatever feedback has arrived, without waiting until a request's time is over. Where thumbs down are faster and the challenger's
/// share grows, its requests are the younger ones and look worse. It looks at every twentieth look only, for speed.
/// </summary>
/// <param name="traffic">What there is to look at.</param>
public sealed class HastyAnalysis(RolloutTraffic traffic) : IControlAnalysis
{
    private readonly AsymptoticConfidenceSequence _sequence = new(0.05, ExperimentRules.TunedFor);
    private int _looks;

    public void Fold(in ExperimentObservation observation)
    {
        // It reads the log itself.
    }

    public ExperimentDecision Decide(DateTimeOffset now)
    {
        if (_looks++ % 20 != 0) return ExperimentDecision.KeepWaiting;
        Span<int> count = stackalloc int[2];
        Span<double> sum = stackalloc double[2];
        foreach (var observed in traffic.Read(DateTimeOffset.MinValue, now, now, null))
        {
            if (observed.Reward is not { } reward) continue;
            var arm = observed.Interaction.Routing!.Challenger ? 1 : 0;
            count[arm]++;
            sum[arm] += reward;
        }
        if (Math.Min(count[0], count[1]) < 50) return ExperimentDecision.KeepWaiting;
        var n = count[0] + count[1];
        var (a, b) = ((sum[0] + 4) / (count[0] + 8), (sum[1] + 4) / (count[1] + 8));
        var difference = sum[1] / count[1] - sum[0] / count[0];
        var half = _sequence.HalfWidth(n, n * (a * (1 - a) / count[0] + b * (1 - b) / count[1]), oneSided: false) ?? 2;
        return difference - half > 0 ? ExperimentDecision.Promote : difference + half < 0 ? ExperimentDecision.RollBack : ExperimentDecision.KeepWaiting;
    }
}
