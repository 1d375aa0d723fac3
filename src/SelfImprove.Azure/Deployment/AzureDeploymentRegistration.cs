using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SelfImprove.Azure.Arm;
using SelfImprove.Azure.Settings;
using SelfImprove.DataGeneration.TeacherEndpoints;
using SelfImprove.Deployment.Targets;
using SelfImprove.Models;

namespace SelfImprove.Azure.Deployment;

/// <summary>Adds Azure's deployment targets to a host.</summary>
public static class AzureDeploymentRegistration
{
    /// <summary>
    /// Adds the targets <c>azureml-endpoint</c> and <c>azure-openai</c>, the models that answer once deployed there (schemes <c>azureml:</c> and
    /// <c>openai-fine-tuned:</c>), and teachers that runs deploy, as section <c>deployment</c> of the host's configuration says. Without that section, nothing. An
    /// <see cref="ArmResources"/> or a <see cref="TokenCredential"/> that the host has already is kept.
    /// </summary>
    /// <exception cref="InvalidSettingsException">The section has mistakes; all are listed.</exception>
    public static IServiceCollection AddAzureDeployment(this IServiceCollection services, IConfiguration configuration)
    {
        var mistakes = new List<string>();
        var settings = AzureDeploymentReader.Read(configuration, mistakes);
        if (mistakes.Count > 0) throw new InvalidSettingsException(mistakes);
        if (settings is null) return services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TokenCredential>(_ => new DefaultAzureCredential());
        services.TryAddSingleton(s => new ArmResources(new ArmSettings(), s.GetRequiredService<TokenCredential>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(settings);
        if (settings.OnlineProfiles.Count > 0) Add<OnlineEndpointTarget>(services, OnlineEndpointTarget.ModelScheme);
        if (settings.OpenAiProfiles.Count == 0) return services;
        Add<OpenAiDeploymentTarget>(services, OpenAiDeploymentTarget.ModelScheme);
        return services.AddSingleton<ITeacherHost, OpenAiTeacherHost>();
    }

    private static void Add<TTarget>(IServiceCollection services, string scheme) where TTarget : class, IDeploymentTarget => services
        .AddSingleton<IDeploymentTarget, TTarget>()
        .AddSingleton<IModelSource>(s => new DeployedModelSource(scheme, s.GetRequiredService<DeploymentBook>(), s, s.GetRequiredService<TimeProvider>()));
}
