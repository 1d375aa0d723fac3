namespace SelfImprove.Durable;

/// <summary>What an instance id may be.</summary>
internal static class InstanceIds
{
    public const int MaxLength = 300;

    public static void Check(string instanceId)
    {
        ArgumentNullException.ThrowIfNull(instanceId);
        if (instanceId.Length is 0 or > MaxLength || instanceId.Any(char.IsControl))
            throw new ArgumentException($"'{instanceId}' is no instance id: 1 to {MaxLength} characters without control characters are expected.",
                nameof(instanceId));
    }
}
