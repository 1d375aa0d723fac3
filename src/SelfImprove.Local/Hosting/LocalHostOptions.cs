using SelfImprove.Storage;

namespace SelfImprove.Local.Hosting;

/// <summary>How the one-machine host is run.</summary>
public sealed record LocalHostOptions
{
    /// <summary>Where everything is kept; created where missing.</summary>
    public required string Folder { get; init; }

    /// <summary>The object store: <c>folder</c> for the folder itself, or <c>azure:...</c> (<see cref="Azure.Storage.BlobStoreSettings.Parse"/>); null for what
    /// the folder remembers, the folder itself where it is new. The engine's file and the keys stay in the folder in any case.</summary>
    public string? Store { get; init; }

    /// <summary>Where it listens, separated by <c>;</c>. Port 0 takes a free one. Null: nowhere; only <see cref="LocalHost.CreateClient"/> reaches it.</summary>
    public string? Urls { get; init; } = DefaultUrls;

    /// <summary>The product's clock; the system's unless a simulation brings its own.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Nothing happens by itself: the caller drains the log, looks at agents and runs the engine until it is idle.</summary>
    public bool LockStep { get; init; }

    /// <summary>The file system beneath a store in the folder; the machine's where null. The engine's own file is always on the machine's.</summary>
    public IFileLayer? Files { get; init; }

    /// <summary>Adds to the product's services: a source of models with a scheme of its own, say. Null adds nothing.</summary>
    public Action<IServiceCollection>? Services { get; init; }

    /// <summary>
    /// The OpenTelemetry collector that gets spans and metrics, for example <c>http://localhost:4318</c>. Null: the one that <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>
    /// names, if any.
    /// </summary>
    public string? Otlp { get; init; }

    /// <summary>No logging to the console.</summary>
    public bool Quiet { get; init; }

    /// <summary>The default of <see cref="Urls"/>.</summary>
    public const string DefaultUrls = "http://localhost:5080";
}
