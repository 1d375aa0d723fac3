using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using SelfImprove.DataGeneration.Filters;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration.Splitting;

/// <summary>
/// Which side an input belongs to, for ever. The first text of a near-duplicate cluster is its representative: it is written down
/// (<c>splits/{agent}.ndjson</c>, appended by compare-and-swap, personal data redacted) with the side that its hash gives; whatever is at least
/// <see cref="Similarity"/> like it goes to the same side, the nearest representative deciding. So near-duplicates do not straddle, except
/// those alike through a third text only, which the contamination filter refuses. A later change of the share concerns new clusters alone.
/// Thread-safe. A text costs some microseconds once the agent's file is read.
/// </summary>
/// <param name="store">Where representatives are kept.</param>
public sealed class InputSplit(IObjectStore store)
{
    /// <summary>Texts this much alike (Jaccard of character 3-grams of the normalised text) are one cluster: the default of <c>data.contamination</c>.</summary>
    public const double Similarity = 0.8;

    private const int Attempts = 50;
    private static readonly PersonalDataRedactor Redactor = new();
    private readonly ConcurrentDictionary<string, Registry> _registries = new(StringComparer.Ordinal);

    /// <summary>The side of one input.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="text">The input's text: <see cref="InputText.Of"/>.</param>
    /// <param name="validationShare">The share of new clusters that goes to validation: <c>evaluation.validationShare</c>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<SplitSide> SideAsync(string agent, string text, double validationShare, CancellationToken cancellationToken = default) =>
        (await SidesAsync(agent, [text], validationShare, cancellationToken))[0];

    /// <summary>The sides of many inputs, in their order; new clusters among them are written down in one append.</summary>
    /// <inheritdoc cref="SideAsync"/>
    public async Task<IReadOnlyList<SplitSide>> SidesAsync(
        string agent, IReadOnlyList<string> texts, double validationShare, CancellationToken cancellationToken = default)
    {
        if (validationShare is not (> 0 and <= 0.5))
            throw new ArgumentOutOfRangeException(nameof(validationShare), validationShare, "evaluation.validationShare is above 0 and at most 0.5.");
        var registry = _registries.GetOrAdd(agent, name => new Registry(store, $"splits/{StoragePath.Name(name, "agent")}.ndjson"));
        var canonical = texts.Select(t => NormalisedText.Of(Redactor.Redact(t).Text)).ToList();
        await registry.Gate.WaitAsync(cancellationToken);
        try
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                await registry.CatchUpAsync(cancellationToken);
                if (await registry.AssignAsync(canonical, validationShare, cancellationToken) is { } sides) return sides;
            }
            throw new TransientException($"The split of {agent} is too busy: {Attempts} appends met another.");
        }
        finally
        {
            registry.Gate.Release();
        }
    }

    private sealed record Representative(string T, bool V);

    private sealed class Registry(IObjectStore store, string path)
    {
        private readonly SimilarTextIndex _index = new(Similarity);
        private readonly List<bool> _validation = [];
        private readonly Dictionary<string, bool> _exact = new(StringComparer.Ordinal);
        private long _length;
        private bool _torn;

        public SemaphoreSlim Gate { get; } = new(1, 1);

        public async Task CatchUpAsync(CancellationToken cancellationToken)
        {
            var stored = await store.ReadAsync(path, new ByteRange(_length), cancellationToken);
            if (stored is null || stored.Bytes.Length == 0) return;
            foreach (var line in Encoding.UTF8.GetString(stored.Bytes.Span).Split('\n'))
            {
                // A power cut may leave half a line; what it said was never acted upon.
                if (JsonLines.TryParse<Representative>(line) is { T: not null } known) Learn(known);
            }
            _length += stored.Bytes.Length;
            _torn = stored.Bytes.Span[^1] != (byte)'\n';
        }

        public async Task<IReadOnlyList<SplitSide>?> AssignAsync(List<string> texts, double share, CancellationToken cancellationToken)
        {
            var sides = new SplitSide[texts.Count];
            var added = new List<Representative>();
            var fresh = new SimilarTextIndex(Similarity);
            for (var i = 0; i < texts.Count; i++)
            {
                if (!_exact.TryGetValue(texts[i], out var validation))
                {
                    var old = _index.FindNearest(texts[i]);
                    var young = fresh.FindNearest(texts[i]);
                    if (old is { } o && (young is not { } y || o.Similarity >= y.Similarity)) validation = _validation[o.Index];
                    else if (young is { } cluster) validation = added[cluster.Index].V;
                    else
                    {
                        validation = Hash(texts[i]) < share;
                        added.Add(new Representative(texts[i], validation));
                        fresh.Add(texts[i]);
                    }
                }
                sides[i] = validation ? SplitSide.Validation : SplitSide.Training;
            }
            if (added.Count > 0)
            {
                var bytes = Encoding.UTF8.GetBytes((_torn ? "\n" : "") + string.Concat(added.Select(r => JsonLines.Line(r))));
                var result = await store.AppendAsync(path, bytes, _length, cancellationToken);
                if (!result.Appended) return null;
                foreach (var representative in added) Learn(representative);
                _length += bytes.Length;
                _torn = false;
            }
            return sides;
        }

        private void Learn(Representative known)
        {
            if (!_exact.TryAdd(known.T, known.V)) return;
            _index.Add(known.T);
            _validation.Add(known.V);
        }

        // Uniform in [0,1), the same everywhere and for ever.
        private static double Hash(string text) =>
            (System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))) >> 11) * (1.0 / (1UL << 53));
    }
}
