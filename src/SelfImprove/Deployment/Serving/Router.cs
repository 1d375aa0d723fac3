using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SelfImprove.Agents.Routing;
using SelfImprove.Monitoring.Events;

namespace SelfImprove.Deployment.Serving;

/// <summary>
/// Assigns callers to versions: pure, stateless, the same on every instance. A caller's key falls into a bucket in [0,1) that
/// depends on the experiment too, so that no key gets every challenger. The challenger serves the buckets below its share.
/// <para>
/// A share only grows, so within an experiment a key moves at most once, from champion to challenger, when the share passes
/// its bucket; it goes back only where the challenger is withdrawn. Nobody flips to and fro, and no table of callers is needed.
/// The analysis takes each request by the arm and the probability that it had: at each moment the probability of the challenger
/// is exactly the share, over keys, because buckets are uniform and independent of when a caller comes. A key that moved
/// is one cluster of the variance, and counts for the sample-ratio check with the arm it was first seen in.
/// </para>
/// </summary>
public static class Router
{
    /// <summary>Where a request goes.</summary>
    /// <param name="table">The agent's routing table now.</param>
    /// <param name="key">The caller's key (user, conversation, episode); the interaction's id where the caller gave none.</param>
    public static RoutedVersion Route(RoutingTable table, string key)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (table.Pause is { } pause)
            return new RoutedVersion(pause.Fallback, new RoutingStamp(table.Revision, null, false, 1), pause.Until);
        // In the shadow nobody is assigned: those requests are no part of the experiment.
        if (table.Experiment is not { Stage: RolloutStage.Test } experiment)
            return new RoutedVersion(table.Champion, new RoutingStamp(table.Revision, null, false, 1), null);
        var challenger = Bucket(experiment.Id, key) < experiment.Share;
        return new RoutedVersion(
            challenger ? experiment.Challenger : table.Champion,
            new RoutingStamp(table.Revision, experiment.Id, challenger, challenger ? experiment.Share : 1 - experiment.Share),
            null);
    }

    /// <summary>
    /// A key's bucket in an experiment, uniform in [0,1): the first 53 bits of the SHA-256 of <c>{experiment}\n{key}</c> (UTF-8).
    /// Fixed for ever: another hash would move callers in the middle of an experiment.
    /// </summary>
    public static double Bucket(string experiment, string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{experiment}\n{key}"), hash);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * (1.0 / (1UL << 53));
    }
}
