using FsCheck;
using FsCheck.Fluent;

namespace SelfImprove.Testing;

/// <summary>How properties are checked: on the same cases each time, so that a run can be repeated; on new ones with <c>PROPERTY_SEED=random</c>.</summary>
internal static class Properties
{
    /// <summary>A failure throws, with the case that failed.</summary>
    public static Config Checked { get; } = Environment.GetEnvironmentVariable("PROPERTY_SEED") switch
    {
        "random" => Config.QuickThrowOnFailure,
        { Length: > 0 } seed => Config.QuickThrowOnFailure.WithReplay(ulong.Parse(seed), 1),
        _ => Config.QuickThrowOnFailure.WithReplay(20_260_105, 1),
    };
}
