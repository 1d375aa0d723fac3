using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace SelfImprove.Functions.Hosting;

/// <summary>What is Azure's in the app: the store, models, training and deployment targets.</summary>
internal static class AzureParts
{
    public static IServiceCollection AddAzureParts(this IServiceCollection services, IConfiguration configuration, FunctionsSettings settings) => services;
}
