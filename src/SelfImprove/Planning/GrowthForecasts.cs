using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;

namespace SelfImprove.Planning;

/// <summary>Forecasts what more rows of the kind that the champion has would bring, from its own rows and from the ledger.</summary>
/// <param name="probes">Measure where training is cheap.</param>
/// <param name="ledger">What past runs showed.</param>
public sealed class GrowthForecasts(IEnumerable<ICurveProbe> probes, Ledger ledger)
{
    /// <summary>Rows of a champion from which sub-sampled fits say something.</summary>
    public const int FewestRows = 40;

    /// <summary>Traffic that wants what the champion was never taught: above this share its rows say nothing of the curve.</summary>
    public const double MostUnseen = 0.02;

    /// <summary>The forecast; null where traffic wants something new, after rounds of the run that measured the curve itself, or where there is neither a probe nor a past.</summary>
    public async Task<LearningCurveForecast?> OfAsync(
        PlanRoundInput round, AgentManifest manifest, Diagnosis diagnosis, AgentVersion? champion, int championRows, CancellationToken cancellationToken = default)
    {
        if (champion?.Dataset is not { } dataset || championRows < FewestRows || diagnosis.UnseenShare > MostUnseen || diagnosis.Since is not null || round.Earlier.Count > 0)
            return null;
        var growth = Ledger.Growth(await ledger.ReadAsync(round.Run.Agent, cancellationToken));
        var fits = probes.FirstOrDefault(p => p.Trainer == manifest.Student.Trainer) is { } probe
            ? await probe.SubSampleAsync(dataset, manifest.Task, manifest.Student.Seed, cancellationToken)
            : null;
        return fits is null && growth.Count == 0 ? null : new LearningCurveForecast(championRows, fits, growth);
    }
}
