using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using SelfImprove.DataGeneration.Filters;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration.Splitting;

/// <summary>
/// Which side an input belongs to, for ever. The first text of a near-duplicate cluster represents it: its hash gives the side. Whatever is at
/// least <see cref="Similarity"/> like a representative goes to the same side, the nearest deciding; whatever is at least
/// <see cref="NearDuplicate"/> like any text seen before goes where that one went. (Joining clusters through every member would chain the
/// wordings of one template into a single cluster, and validation would miss it or hold nothing else.) So near-duplicates do not straddle; the
/// few that are alike by less than that through a third text are refused by the contamination filter. Every text is written down with its
/// side (<c>splits/{agent}.ndjson</c>, personal data redacted, appended by compare-and-swap), so that later ones, or another share, change
/// nothing for it. Thread-safe. A new text costs about 0.2 ms at 100,000 known ones, a known one a look-up.
/// </summary>
/// <param name="store">Where texts and sides are kept.</param>
public sealed class InputSplit(IObjectStore store)
{
    /// <summary>Texts this much alike (Jaccard of character 3-grams of the normalised text) are one cluster: the default of <c>data.contamination</c>.</summary>
    public const double Similarity = 0.8;

    /// <summary>Texts this much alike are the same but for a slip.</summary>
    public const double NearDuplicate = 0.9;

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

    /// <summary>The sides of many inputs, in their order; new texts among them are written down in one append.</summary>
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

    /// <summary>A text, whether it is on the validation side, and whether it represents a cluster.</summary>
    private sealed record Known(string T, bool V, bool R);

    private sealed class Registry(IObjectStore store, string path)
    {
        private readonly Dictionary<string, bool> _exact = new(StringComparer.Ordinal);
        private readonly List<bool> _representativeSides = [];
        private readonly List<bool> _sides = [];
        private SimilarTextIndex _representatives = new(Similarity);
        private SimilarTextIndex _texts = new(NearDuplicate);
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
                if (JsonLines.TryParse<Known>(line) is { T: not null } known) Learn(known);
            }
            _length += stored.Bytes.Length;
            _torn = stored.Bytes.Span[^1] != (byte)'\n';
        }

        /// <summary>The sides; null where another process appended first: catch up and assign again.</summary>
        public async Task<IReadOnlyList<SplitSide>?> AssignAsync(List<string> texts, double share, CancellationToken cancellationToken)
        {
            var sides = new SplitSide[texts.Count];
            var added = new List<Known>();
            for (var i = 0; i < texts.Count; i++)
            {
                if (!_exact.TryGetValue(texts[i], out var validation))
                {
                    var known = Place(texts[i], share);
                    Learn(known);
                    added.Add(known);
                    validation = known.V;
                }
                sides[i] = validation ? SplitSide.Validation : SplitSide.Training;
            }
            if (added.Count == 0) return sides;
            var bytes = Encoding.UTF8.GetBytes((_torn ? "\n" : "") + string.Concat(added.Select(JsonLines.Line)));
            var isWritten = false;
            try
            {
                isWritten = (await store.AppendAsync(path, bytes, _length, cancellationToken)).Appended;
            }
            finally
            {
                if (!isWritten) Forget();
            }
            if (!isWritten) return null;
            _length += bytes.Length;
            _torn = false;
            return sides;
        }

        private Known Place(string text, double share)
        {
            if (_texts.FindNearest(text) is { } twin) return new Known(text, _sides[twin.Index], false);
            if (_representatives.FindNearest(text) is { } cluster) return new Known(text, _representativeSides[cluster.Index], false);
            return new Known(text, Hash(text) < share, true);
        }

        private void Learn(Known known)
        {
            if (!_exact.TryAdd(known.T, known.V)) return;
            _texts.Add(known.T);
            _sides.Add(known.V);
            if (!known.R) return;
            _representatives.Add(known.T);
            _representativeSides.Add(known.V);
        }

        // What was learnt here was not written down: the file alone is true.
        private void Forget()
        {
            (_length, _torn, _texts, _representatives) = (0, false, new SimilarTextIndex(NearDuplicate), new SimilarTextIndex(Similarity));
            _exact.Clear();
            _sides.Clear();
            _representativeSides.Clear();
        }

        // Uniform in [0,1), the same everywhere and for ever.
        private static double Hash(string text) =>
            (System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))) >> 11) * (1.0 / (1UL << 53));
    }
}
