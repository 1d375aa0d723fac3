using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using SelfImprove.Telemetry;

namespace SelfImprove.Testing.Telemetry;

/// <summary>Takes all of the product's spans and measurements, as an exporter would, until it is disposed.</summary>
public sealed class TelemetryRecorder : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ConcurrentQueue<Measured> _measured = new();
    private readonly ActivityListener _listener;
    private readonly MeterListener _meters = new();

    public TelemetryRecorder()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ProductTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.Recorded) _spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(_listener);
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ProductTelemetry.Name) listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _measured.Enqueue(new Measured(instrument.Name, value, tags.ToArray())));
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _measured.Enqueue(new Measured(instrument.Name, value, tags.ToArray())));
        _meters.Start();
    }

    /// <summary>The spans that ended, oldest first.</summary>
    public IReadOnlyList<Activity> Spans => [.. _spans];

    /// <summary>What was measured.</summary>
    public IReadOnlyList<Measured> Measurements => [.. _measured];

    public IReadOnlyList<Measured> Of(string instrument) => [.. Measurements.Where(m => m.Instrument == instrument)];

    /// <summary>Everything that is told anywhere, as text: names, attributes, events, links.</summary>
    public string Everything() => string.Join('\n',
        Spans.SelectMany(s => (string[])[s.DisplayName, s.StatusDescription ?? "", .. Words(s.TagObjects), .. s.Events.SelectMany(e => Words(e.Tags).Prepend(e.Name)), .. s.Links.SelectMany(l => Words(l.Tags ?? []))])
            .Concat(Measurements.SelectMany(m => Words(m.Tags))));

    public void Dispose()
    {
        _listener.Dispose();
        _meters.Dispose();
    }

    private static IEnumerable<string> Words(IEnumerable<KeyValuePair<string, object?>> tags) =>
        tags.Select(t => $"{t.Key}={(t.Value is string[] many ? string.Join(',', many) : t.Value)}");

    /// <summary>A measurement.</summary>
    public sealed record Measured(string Instrument, double Value, KeyValuePair<string, object?>[] Tags)
    {
        public object? this[string name] => Tags.FirstOrDefault(t => t.Key == name).Value;
    }
}
