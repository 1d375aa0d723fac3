using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using SelfImprove.Orchestration;

namespace SelfImprove.Durable;

/// <summary>Registers the embedded engine.</summary>
public static class DurableEngineServices
{
    /// <summary>
    /// Adds <see cref="DurableEngine"/> (as a hosted service too) and <see cref="IOrchestrationClient"/>. The host also registers its
    /// <see cref="OrchestrationRegistry"/> as a singleton and logging; <see cref="TimeProvider"/> is the system's unless registered before.
    /// </summary>
    public static IServiceCollection AddDurableEngine(this IServiceCollection services, Action<DurableEngineOptions> configure)
    {
        var options = new DurableEngineOptions();
        configure(options);
        options.Validate();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<DurableEngine>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<DurableEngine>());
        services.AddSingleton<IOrchestrationClient>(provider => new DurableClient(provider.GetRequiredService<DurableEngine>()));
        return services;
    }
}
