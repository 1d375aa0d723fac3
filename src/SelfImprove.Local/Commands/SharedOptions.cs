using System.CommandLine;

namespace SelfImprove.Local.Commands;

/// <summary>The options of every command.</summary>
public static class SharedOptions
{
    /// <summary>The default of <see cref="Folder"/>.</summary>
    public const string DefaultFolder = ".selfimprove";

    /// <summary>Where everything is kept.</summary>
    public static Option<string> Folder { get; } = new("--folder")
    {
        Description = "Where everything is kept.", HelpName = "path", Recursive = true, DefaultValueFactory = _ => DefaultFolder,
    };

    /// <summary>Which object store.</summary>
    public static Option<string?> Store { get; } = new("--store")
    {
        Description = "Where objects are kept: 'folder' (default), azure:UseDevelopmentStorage=true (Azurite), azure:https://ACCOUNT.blob.core.windows.net/CONTAINER "
            + "(Entra ID), or azure:env:NAME (a connection string, read from that environment variable). The folder remembers it, and keeps the engine's file and the API keys.",
        HelpName = "store", Recursive = true,
    };

    /// <summary>Print JSON for programs in place of text for people.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "Print JSON for programs, in place of text for people.", Recursive = true };

    /// <summary>The API key for a running host that asks for one.</summary>
    public static Option<string?> Key { get; } = new("--key") { Description = "The API key, where a running host asks for one; or the environment variable SELFIMPROVE_KEY.", HelpName = "key", Recursive = true };

    /// <summary>Who acts, for the record.</summary>
    public static Option<string> By { get; } = new("--by")
    {
        Description = "Who you are, for the record (a host with API keys writes the key's name instead).", HelpName = "name", Recursive = true,
        DefaultValueFactory = _ => Environment.UserName,
    };
}
