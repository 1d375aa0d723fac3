namespace SelfImprove.Monitoring.Events;

/// <summary>The tag of an interaction whose caller left before the answer's end: what was sent is no whole answer.</summary>
public static class StreamTag
{
    /// <summary>Its name.</summary>
    public const string Name = "stream";

    /// <summary>What it says then.</summary>
    public const string CallerLeft = "caller-left";

    /// <summary>Whether an interaction's answer was broken off by its caller.</summary>
    public static bool IsBrokenOff(Interaction interaction) => interaction.Tags is { } tags && tags.TryGetValue(Name, out var said) && said == CallerLeft;
}
