using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Azure.Arm;
using SelfImprove.Azure.Models;
using SelfImprove.Azure.Outbound;
using SelfImprove.Azure.Secrets;
using SelfImprove.Azure.Settings;
using SelfImprove.Azure.Training.AzureMl;
using SelfImprove.Azure.Training.OpenAi;
using SelfImprove.Storage;
using SelfImprove.Training;

namespace SelfImprove.Azure.Training;

/// <summary>Adds the training targets of Azure to a host.</summary>
public static class AzureTrainingRegistration
{
    private const int MaxResponseBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Adds the targets that the section <c>training</c> of the configuration sets up: <c>azureml</c>, <c>azureml-finetuning</c>, <c>openai</c>. They use the
    /// host's <see cref="TrainingConnections"/> where it has registered some, else its identity, its secrets and its outbound client; and its <see cref="TrainingCode"/>,
    /// else what this assembly carries.
    /// </summary>
    /// <param name="services">The services; an object store with its parts, and a clock, are among them.</param>
    /// <param name="configuration">The host's configuration.</param>
    /// <exception cref="InvalidSettingsException">The section has mistakes; all are listed.</exception>
    public static IServiceCollection AddAzureTraining(this IServiceCollection services, IConfiguration configuration)
    {
        var mistakes = new List<string>();
        var settings = TrainingSettingsReader.Read(configuration, mistakes);
        if (settings.OpenAi is { } told && services.All(s => s.ServiceType != typeof(TrainingConnections))) CheckCredential(told, configuration, mistakes);
        if (mistakes.Count > 0) throw new InvalidSettingsException(mistakes);
        if (settings.Workspace is { } workspace)
        {
            if (workspace.Profiles.Count > 0)
                services.AddSingleton<ITrainer>(p =>
                    InWorkspace(p, workspace, workspace.Profiles, w => new CommandJobs(workspace, w, p.GetService<TrainingCode>() ?? TrainingCode.Embedded())));
            if (workspace.AllowPreview && workspace.FineTuning.Count > 0)
                services.AddSingleton<ITrainer>(p => InWorkspace(p, workspace, workspace.FineTuning, w => new FineTuningJobs(workspace, w)));
        }
        if (settings.OpenAi is { } service) services.AddSingleton<ITrainer>(p => AtService(p, service));
        return services;
    }

    private static void CheckCredential(FineTuningSettings settings, IConfiguration configuration, List<string> mistakes)
    {
        var reader = new SettingsReader(configuration.GetSection("training:openai"), mistakes);
        var secrets = SecretBook.Read(configuration, []); // its own mistakes are told with the section 'secrets'
        if (settings.Url.Host == TrainingSettingsReader.NoHost) return;
        if (settings.Secret is { } secret && secrets.Problem(secret, settings.Url) is { } problem) reader.Wrong("secret", problem);
        var tokensGoTo = ModelSettings.Read(configuration, secrets, []).EntraHosts;
        if (settings.Auth == "entra" && !tokensGoTo.Any(h => h.Matches(settings.Url)))
            reader.Wrong("url", $"Entra ID tokens are not sent to {settings.Url.Authority}, but to {string.Join(", ", tokensGoTo)}. If it is meant, list the host under models:entra:hosts");
    }

    private static WorkspaceTrainer InWorkspace(IServiceProvider services, WorkspaceSettings settings, IReadOnlyDictionary<string, TrainingProfile> profiles,
        Func<Workspace, IJobKind> kindOf)
    {
        var connections = ConnectionsOf(services);
        var clock = services.GetRequiredService<TimeProvider>();
        var arm = new ArmResources(new ArmSettings { Endpoint = settings.Endpoint, Audience = settings.Audience, RetryDelay = connections.RetryDelay },
            connections.Credential, clock, connections.Azure);
        var workspace = new Workspace(settings, arm, new WorkspaceBlobs(connections), services.GetRequiredService<IObjectStore>());
        var kind = kindOf(workspace);
        return new WorkspaceTrainer(kind, profiles, workspace, new TrainingRecords(services.GetRequiredService<JsonDocuments>(), clock, kind.Target), clock);
    }

    private static FineTuningTrainer AtService(IServiceProvider services, FineTuningSettings settings)
    {
        var connections = ConnectionsOf(services);
        // Keys, tokens and datasets go through the host's outbound client, as those of model endpoints do.
        if (connections.Service is null && services.GetService<OutboundHttp>() is { } http)
            connections = connections with
            {
                Service = http.CreateTransport(new OutboundRules
                {
                    Hosts = [HostPattern.Of(settings.Url)],
                    AllowPrivate = settings.Url.IsLoopback || services.GetService<ModelSettings>()?.Endpoints.GetValueOrDefault(settings.Endpoint)?.AllowPrivate == true,
                    MaxResponseBytes = MaxResponseBytes,
                    Timeout = LongestCall,
                }),
            };
        var clock = services.GetRequiredService<TimeProvider>();
        return new FineTuningTrainer(settings, new FineTuningService(settings, connections),
            new TrainingRecords(services.GetRequiredService<JsonDocuments>(), clock, "openai"),
            services.GetRequiredService<IntentJournal>(), services.GetRequiredService<IObjectStore>(), clock);
    }

    private static TrainingConnections ConnectionsOf(IServiceProvider services) => services.GetService<TrainingConnections>()
        ?? new TrainingConnections(services.GetService<TokenCredential>() ?? new DefaultAzureCredential())
        {
            Secret = services.GetService<SecretBook>() is { } secrets ? secrets.For : null,
        };
}
