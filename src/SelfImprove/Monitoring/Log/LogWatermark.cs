using System.Buffers.Text;
using System.Globalization;
using System.Text;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Log;

/// <summary>
/// The hour from which readers list an agent's log (<c>index/{agent}/watermark</c>). All older segments are sealed. A writer never opens a
/// segment in an hour before it, whatever its clock says: a clock that went back (a simulated one replaced by the real one) loses nothing.
/// </summary>
internal static class LogWatermark
{
    public static string PathOf(string agent) => $"index/{agent}/watermark";

    public static async Task<DateTimeOffset?> ReadAsync(IObjectStore store, string agent, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(PathOf(agent), cancellationToken: cancellationToken).ConfigureAwait(false);
        return stored is not null && Utf8Parser.TryParse(stored.Bytes.Span, out long ticks, out _) && ticks > 0 && ticks < DateTime.MaxValue.Ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : null;
    }

    public static Task WriteAsync(IObjectStore store, string agent, DateTimeOffset hour, CancellationToken cancellationToken) =>
        store.WriteAsync(PathOf(agent), Encoding.ASCII.GetBytes(hour.UtcTicks.ToString(CultureInfo.InvariantCulture)), cancellationToken: cancellationToken);
}
