using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace SelfImprove.Telemetry;

/// <summary>Where a run's trace begins, as kept in <c>runs/{agent}/{run}/trace.json</c> from its start. Whoever writes it first decides.</summary>
/// <param name="Traceparent">The span that began it: the parent of all others.</param>
/// <param name="StartedAt">When, by the product's clock.</param>
public sealed record RunTrace(string Traceparent, DateTimeOffset StartedAt)
{
    /// <summary>The id of the trace of a run that no traced interaction called for, by when it began: the same wherever and whenever it is asked for.</summary>
    /// <param name="run">The run.</param>
    /// <param name="startedAt">Tells it from the runs of other hosts that have its id.</param>
    public static ActivityTraceId TraceIdOf(string run, DateTimeOffset startedAt) =>
        ActivityTraceId.CreateFromBytes(Hash(FormattableString.Invariant($"{run}@{startedAt.UtcTicks}")).AsSpan(0, 16));

    /// <summary>The context of a run at whose start nobody listened, so that no file tells it: by its id alone.</summary>
    public static ActivityContext Untold(string run)
    {
        var hash = Hash(run);
        return new ActivityContext(
            ActivityTraceId.CreateFromBytes(hash.AsSpan(0, 16)), ActivitySpanId.CreateFromBytes(hash.AsSpan(16, 8)), ActivityTraceFlags.Recorded, isRemote: true);
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes("selfimprove.run " + text));
}
