using System.Security.Cryptography;
using System.Text;

namespace SelfImprove.Orchestration;

/// <summary>
/// An activity call as it crosses the engine. It carries the caller's id, so that the activity sees the same <see cref="ActivityContext"/> on every engine.
/// </summary>
/// <param name="InstanceId">The calling instance.</param>
/// <param name="Activity">The activity's registered name.</param>
/// <param name="Input">The input's JSON.</param>
public sealed record ActivityCall(string InstanceId, string Activity, string Input)
{
    /// <summary>What the activity will know of its caller.</summary>
    public ActivityContext ToContext() =>
        new(InstanceId, Activity, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Input)).AsSpan(0, 8)));
}
