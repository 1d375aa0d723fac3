using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using SelfImprove.Azure.Outbound;
using SelfImprove.Azure.Scoring;
using SelfImprove.Azure.Secrets;
using SelfImprove.Azure.Settings;
using SelfImprove.Evaluation.Scoring.Services;
using SelfImprove.Models;

namespace SelfImprove.Azure.Models;

/// <summary>Adds model endpoints to a host.</summary>
public static class ModelRegistration
{
    /// <summary>
    /// Adds the model endpoints that the host's configuration lists (sections <c>models</c>, <c>secrets</c> and <c>outbound</c>) as a source of models of the
    /// scheme <c>openai</c>, the scoring services (section <c>scoring</c>), and the <see cref="OutboundHttp"/> and <see cref="SecretBook"/> of the host. Without these sections there are no endpoints.
    /// </summary>
    /// <exception cref="InvalidSettingsException">The configuration has mistakes; all are listed.</exception>
    public static IServiceCollection AddAzureModels(this IServiceCollection services, IConfiguration configuration)
    {
        var mistakes = new List<string>();
        var secrets = SecretBook.Read(configuration, mistakes);
        var outbound = OutboundSettings.Read(configuration, mistakes);
        var models = ModelSettings.Read(configuration, secrets, mistakes);
        var scoring = ScoringSettings.Read(configuration, secrets, mistakes);
        if (mistakes.Count > 0) throw new InvalidSettingsException(mistakes);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(secrets);
        services.TryAddSingleton(s => new OutboundHttp(outbound, s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<TokenCredential>(_ =>
        {
            var options = new DefaultAzureCredentialOptions();
            if (models.EntraClientId is { } id) options.ManagedIdentityClientId = id; // otherwise what AZURE_CLIENT_ID says
            return new DefaultAzureCredential(options);
        });
        return services
            .AddSingleton(models)
            .AddSingleton(s => new ModelEndpoints(
                models, s.GetRequiredService<SecretBook>(), s.GetRequiredService<OutboundHttp>(), s.GetRequiredService<TokenCredential>(),
                s.GetRequiredService<TimeProvider>(),
                Random.Shared.NextDouble, s.GetRequiredService<ILogger<ModelEndpoints>>()))
            .AddSingleton<IModelSource, EndpointModelSource>()
            .AddSingleton<IScoringService>(s => new ScoringServices(scoring, s.GetRequiredService<SecretBook>(), s.GetRequiredService<OutboundHttp>()));
    }
}
