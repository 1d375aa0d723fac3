using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Azure.Deployment;
using SelfImprove.Azure.Models;
using SelfImprove.Azure.Settings;
using SelfImprove.Azure.Training;

namespace SelfImprove.Azure.Hosting;

/// <summary>Registration of all that a host's configuration may ask of this assembly, but for the store.</summary>
public static class AzureRegistration
{
    /// <summary>Adds model endpoints, training targets and deployment targets as the configuration says; without its sections, none.</summary>
    /// <exception cref="InvalidSettingsException">There are mistakes; those of all parts are listed.</exception>
    public static IServiceCollection AddAzure(this IServiceCollection services, IConfiguration configuration)
    {
        var mistakes = new List<string>();
        foreach (var add in new Action[] { () => services.AddAzureModels(configuration), () => services.AddAzureTraining(configuration), () => services.AddAzureDeployment(configuration) })
        {
            try
            {
                add();
            }
            catch (InvalidSettingsException wrong)
            {
                mistakes.AddRange(wrong.Mistakes);
            }
        }
        return mistakes.Count == 0 ? services : throw new InvalidSettingsException(mistakes);
    }
}
