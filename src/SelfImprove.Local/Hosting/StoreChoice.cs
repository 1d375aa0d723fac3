using System.Text.Json;
using SelfImprove.Azure.Storage;
using SelfImprove.Orchestration;

namespace SelfImprove.Local.Hosting;

/// <summary>
/// Which object store a host works on: its folder's <c>store/</c>, or Azure Blob Storage. The folder remembers it (<c>store.json</c>, which holds no
/// secret), so that later commands need not say it again, and none works on another store by mistake: the engine's file belongs to one.
/// </summary>
public sealed class StoreChoice
{
    /// <summary>The folder itself.</summary>
    public const string Local = "folder";

    private StoreChoice(string setting, BlobStoreSettings? blob) => (Setting, Blob) = (setting, blob);

    /// <summary>As it was given: <see cref="Local"/>, or <c>azure:...</c>.</summary>
    public string Setting { get; }

    /// <summary>Where in Azure; null for the folder.</summary>
    public BlobStoreSettings? Blob { get; }

    /// <summary>Finds out which store a folder's host works on.</summary>
    /// <param name="setting">What was asked for; null for what the folder remembers, and for the folder itself where that is nothing.</param>
    /// <param name="folder">The folder.</param>
    /// <exception cref="HostStartException">The setting is wrong, or the folder belongs to another store.</exception>
    public static StoreChoice Of(string? setting, HostFolder folder)
    {
        var known = Remembered(folder) ?? (Directory.Exists(folder.Store) ? Local : null);
        var asked = setting?.Trim() is { Length: > 0 } given ? given : known ?? Local;
        if (known is not null && known != asked)
        {
            throw new HostStartException(
                $"{folder.Root} works with the store '{known}', not with '{asked}': its runs refer to what is there. Leave --store out, or name another --folder for the other store.");
        }
        return Parse(asked);
    }

    /// <summary>Reads a setting.</summary>
    /// <exception cref="HostStartException">It is wrong; all mistakes are listed.</exception>
    public static StoreChoice Parse(string setting)
    {
        if (setting == Local) return new StoreChoice(Local, null);
        if (!setting.StartsWith(BlobStoreSettings.Scheme, StringComparison.Ordinal))
            throw new HostStartException($"'{setting}' is no store: expected '{Local}', or 'azure:...' (see --help).");
        try
        {
            return new StoreChoice(setting, BlobStoreSettings.Parse(setting, Environment.GetEnvironmentVariable));
        }
        catch (BlobStoreSettingsException wrong)
        {
            throw new HostStartException(wrong.Message, wrong);
        }
    }

    /// <summary>Has the folder remember it.</summary>
    public void Remember(HostFolder folder)
    {
        if (Remembered(folder) is null) File.WriteAllBytes(folder.StoreFile, JsonSerializer.SerializeToUtf8Bytes(new Memory(Setting), SeamJson.Indented));
    }

    private static string? Remembered(HostFolder folder)
    {
        try
        {
            return File.Exists(folder.StoreFile) ? JsonSerializer.Deserialize<Memory>(File.ReadAllBytes(folder.StoreFile), SeamJson.Options)?.Store : null;
        }
        catch (JsonException damaged)
        {
            throw new HostStartException($"{folder.StoreFile} is damaged: {damaged.Message} Write {{ \"store\": \"{Local}\" }} (or azure:...) into it.", damaged);
        }
    }

    private sealed record Memory(string Store);
}
