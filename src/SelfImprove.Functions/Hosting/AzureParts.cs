using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Azure.Hosting;
using SelfImprove.Azure.Settings;
using SelfImprove.Azure.Storage;

namespace SelfImprove.Functions.Hosting;

/// <summary>The whole app: the product, and what is Azure's of it.</summary>
public static class AzureParts
{
    /// <summary>Reads all settings, and adds everything that they ask for.</summary>
    /// <exception cref="FunctionsSettingsException">There are mistakes; all of them are listed, of whichever part.</exception>
    public static FunctionsSettings AddApp(this IServiceCollection services, IConfiguration configuration)
    {
        var mistakes = new List<string>();
        FunctionsSettings? settings = null;
        Try(mistakes, () => settings = FunctionsSettings.Read(configuration));
        if (configuration.GetSection(FunctionsSettings.Section)["Store"] is { Length: > 0 } store)
            Try(mistakes, () => services.AddBlobStore(BlobStoreSettings.Parse(store, name => configuration[name])));
        Try(mistakes, () => services.AddAzure(configuration));
        if (mistakes.Count > 0) throw new FunctionsSettingsException(mistakes);
        services.AddFunctionsHost(settings!);
        return settings!;
    }

    private static void Try(List<string> mistakes, Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (MistakesOf(e) is { } found)
        {
            mistakes.AddRange(found);
        }
    }

    private static IReadOnlyList<string>? MistakesOf(Exception e) => e switch
    {
        FunctionsSettingsException own => own.Mistakes,
        BlobStoreSettingsException store => store.Mistakes,
        InvalidSettingsException parts => parts.Mistakes,
        _ => null,
    };
}
