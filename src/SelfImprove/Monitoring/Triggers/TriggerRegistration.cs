using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SelfImprove.Runs;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>Registration of the triggers.</summary>
public static class TriggerRegistration
{
    /// <summary>
    /// Adds <see cref="TriggerEvaluator"/>, <see cref="RequestBook"/> and <see cref="RunRegister"/>. Needs agents, storage parts, audit and a
    /// <see cref="TimeProvider"/>;
    /// an <see cref="IReturnEstimator"/> where planning is there.
    /// </summary>
    public static IServiceCollection AddTriggers(this IServiceCollection services)
    {
        services.TryAddSingleton<SpendBook>();
        return services.AddSingleton<TrendThresholds>().AddSingleton<RequestBook>().AddSingleton<RunRegister>().AddSingleton<TriggerEvaluator>();
    }
}
