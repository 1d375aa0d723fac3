using System.Text.Json;
using SelfImprove.Agents.Manifests;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Orchestration;
using SelfImprove.Storage;
using SelfImprove.Telemetry;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>
/// Folds agents' logs into their signals (<c>agents/{agent}/signals.json</c>) at a cost proportional to what is new. Each event counts exactly once,
/// whatever crashes between. Thread-safe; one fold per agent at a time in a process, and compare-and-swap between processes.
/// </summary>
public sealed class Aggregator : IDisposable
{
    private const int Attempts = 6;

    private readonly IObjectStore _store;
    private readonly TimeProvider _clock;
    private readonly ManifestLookup _manifests;
    private readonly AggregatorOptions _options;
    private readonly string _token;
    private readonly Lock _lock = new();
    private readonly LinkedList<(string Agent, AgentFold Fold)> _folds = [];

    /// <summary>Creates it.</summary>
    /// <param name="store">Where log, index and signals are.</param>
    /// <param name="clock">Tells which segments are old.</param>
    /// <param name="manifests">Tells metrics and goal.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="process">A word of <c>[a-z0-9]</c> that no other process writing to the store uses; made up where null.</param>
    public Aggregator(IObjectStore store, TimeProvider clock, ManifestLookup manifests, AggregatorOptions? options = null, string? process = null)
    {
        (_store, _clock, _manifests, _options) = (store, clock, manifests, options ?? new AggregatorOptions());
        _token = process ?? Guid.CreateVersion7(clock.GetUtcNow()).ToString("n");
    }

    /// <summary>Folds everything that was acknowledged before the call.</summary>
    /// <exception cref="UnknownAgentException">There is no manifest.</exception>
    /// <exception cref="TransientException">Other processes fold the same agent all the time.</exception>
    public async Task<AgentSignals> FoldAsync(string agent, CancellationToken cancellationToken = default)
    {
        var manifest = await _manifests(agent, cancellationToken).ConfigureAwait(false) ?? throw new UnknownAgentException(agent);
        var fold = Take(agent);
        await fold.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var trace = ProductTelemetry.StartTrace("fold", [new(TelemetryNames.AgentName, agent)]);
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    var before = fold.Generation;
                    var signals = await fold.FoldAsync(manifest, cancellationToken).ConfigureAwait(false);
                    if (signals.Generation == before) trace.Span.Drop(); // nothing was new
                    trace.Span?.SetTag(TelemetryNames.Generation, signals.Generation);
                    return signals;
                }
                catch (FoldConflictException e) when (attempt < Attempts)
                {
                    _ = e; // Whoever won has folded the same bytes: start from what they wrote.
                }
                catch (FoldConflictException e)
                {
                    throw new TransientException(e.Message, e);
                }
            }
        }
        finally
        {
            fold.Gate.Release();
        }
    }

    /// <summary>The signals as last folded, by whichever process; null before the first fold. Folds nothing.</summary>
    public async Task<AgentSignals?> ReadAsync(string agent, CancellationToken cancellationToken = default)
    {
        var stored = await _store.ReadAsync(AgentFold.SignalsPath(agent), cancellationToken: cancellationToken).ConfigureAwait(false);
        return stored is null ? null : JsonSerializer.Deserialize<AgentSignals>(stored.Bytes.Span, SeamJson.Options);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var (_, fold) in _folds) fold.Dispose();
            _folds.Clear();
        }
    }

    private AgentFold Take(string agent)
    {
        lock (_lock)
        {
            for (var node = _folds.First; node is not null; node = node.Next)
            {
                if (node.Value.Agent != agent) continue;
                _folds.Remove(node);
                _folds.AddFirst(node);
                return node.Value.Fold;
            }
            // One that is folding right now finishes with the object it has; compare-and-swap keeps it from harm.
            if (_folds.Count >= _options.CachedAgents) _folds.RemoveLast();
            var fold = new AgentFold(_store, _clock, _options, agent, _token + Interlocked.Increment(ref _created).ToString("x", null));
            _folds.AddFirst((agent, fold));
            return fold;
        }
    }

    private int _created;
}
