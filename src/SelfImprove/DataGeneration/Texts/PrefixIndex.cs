using System.Runtime.InteropServices;

namespace SelfImprove.DataGeneration.Texts;

/// <summary>
/// For low thresholds: two sets that overlap by the threshold t share at least one of their rarest n - ceil(t n) + 1 grams, so only those are indexed (prefix filtering:
/// Bayardo, Ma and Srikant, "Scaling up all pairs similarity search", WWW 2007).
/// </summary>
/// <param name="threshold">The overlap from which texts are alike.</param>
internal sealed class PrefixIndex(double threshold) : ITextIndex
{
    private const int SharedAtLeast = 3;
    private readonly Dictionary<ulong, int> _ids = [];
    private readonly List<int> _frequencies = [];
    private readonly List<int[]> _texts = [];
    private readonly Dictionary<int, List<int>> _postings = [];
    private int[] _rankById = [];
    private int[] _idByRank = [];
    private int[] _shared = new int[64];
    private int _nextOrdering = 512;

    /// <inheritdoc/>
    public int Count => _texts.Count;

    /// <inheritdoc/>
    public void Add(string text)
    {
        if (Count >= _nextOrdering) Reorder();
        var grams = GramSets.Of(text);
        var ranks = new int[grams.Count];
        var n = 0;
        foreach (var gram in grams)
        {
            if (!_ids.TryGetValue(gram, out var id))
            {
                _ids.Add(gram, id = _frequencies.Count);
                _frequencies.Add(0);
            }
            _frequencies[id]++;
            ranks[n++] = RankOf(id);
        }
        Array.Sort(ranks);
        _texts.Add(ranks);
        Post(Count - 1);
    }

    /// <inheritdoc/>
    public SimilarText? FindNearest(string text)
    {
        var grams = GramSets.Of(text);
        var known = new List<int>(grams.Count);
        foreach (var gram in grams)
            if (_ids.TryGetValue(gram, out var id)) known.Add(RankOf(id));
        known.Sort();
        var ranks = CollectionsMarshal.AsSpan(known);
        // Grams never seen are the rarest of all: they fill the prefix first and match nothing.
        var prefix = Math.Min(PrefixOf(grams.Count) - (grams.Count - known.Count), known.Count);
        if (prefix <= 0) return null;
        var candidates = Candidates(ranks[..prefix]);
        SimilarText? best = null;
        foreach (var candidate in candidates)
        {
            var shared = _shared[candidate];
            _shared[candidate] = 0;
            var other = _texts[candidate];
            if (shared < Math.Min(SharedAtLeast, LeastOverlap(Math.Max(grams.Count, other.Length)))) continue;
            var similarity = GramSets.Overlap(ranks, grams.Count, other, threshold);
            if (similarity < threshold) continue;
            if (GramSets.IsBetter(new SimilarText(candidate, similarity), best)) best = new SimilarText(candidate, similarity);
        }
        return best;
    }

    /// <summary>The texts that share an indexed gram; how many each shares is counted in <see cref="_shared"/>, which the caller clears.</summary>
    private List<int> Candidates(ReadOnlySpan<int> prefix)
    {
        if (_shared.Length < Count) Array.Resize(ref _shared, Math.Max(Count, _shared.Length * 2));
        var candidates = new List<int>();
        foreach (var rank in prefix)
        {
            if (!_postings.TryGetValue(rank, out var posting)) continue;
            foreach (var candidate in CollectionsMarshal.AsSpan(posting))
                if (_shared[candidate]++ == 0) candidates.Add(candidate);
        }
        return candidates;
    }

    private int LeastOverlap(int grams) => (int)Math.Ceiling(threshold * grams - GramSets.Rounding);

    private int PrefixOf(int grams) => Math.Min(grams, grams - LeastOverlap(grams) + SharedAtLeast);

    private void Post(int index)
    {
        var ranks = _texts[index];
        for (var i = 0; i < PrefixOf(ranks.Length); i++)
        {
            if (!_postings.TryGetValue(ranks[i], out var posting)) _postings.Add(ranks[i], posting = []);
            posting.Add(index);
        }
    }

    // Any fixed order of grams is correct; rarest first keeps the postings short. A gram first met after the last ordering is rare by then.
    private int RankOf(int id) => id < _rankById.Length ? _rankById[id] : -1 - id;

    private int IdOf(int rank) => rank < 0 ? -1 - rank : _idByRank[rank];

    private void Reorder()
    {
        foreach (var ranks in _texts)
            for (var i = 0; i < ranks.Length; i++) ranks[i] = IdOf(ranks[i]);
        _idByRank = [.. Enumerable.Range(0, _frequencies.Count).OrderBy(id => _frequencies[id]).ThenBy(id => id)];
        _rankById = new int[_idByRank.Length];
        for (var rank = 0; rank < _idByRank.Length; rank++) _rankById[_idByRank[rank]] = rank;
        _postings.Clear();
        for (var index = 0; index < Count; index++)
        {
            var ranks = _texts[index];
            for (var i = 0; i < ranks.Length; i++) ranks[i] = _rankById[ranks[i]];
            Array.Sort(ranks);
            Post(index);
        }
        _nextOrdering = Count * 2;
    }
}
