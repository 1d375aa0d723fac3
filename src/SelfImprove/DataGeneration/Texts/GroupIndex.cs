using System.Runtime.InteropServices;

namespace SelfImprove.DataGeneration.Texts;

/// <summary>
/// For high thresholds: the grams of a text are dealt into groups by their hash, and each group into four parts. Two sets that overlap by the threshold t differ in at
/// most (1-t)/(1+t) of their sizes' sum; with more groups than half of that, some group differs in one gram at most, so three of its parts are equal in both (Arasu,
/// Ganti and Kaushik, "Efficient exact set-similarity joins", VLDB 2006, section 5: signatures of two levels). Texts are looked up by three parts together, which few
/// others share, however common their single grams are. There are as many groups as sets of about a size need.
/// </summary>
/// <param name="threshold">The overlap from which texts are alike.</param>
internal sealed class GroupIndex(double threshold) : ITextIndex
{
    private const double SizeStep = 1.12;
    private const int Parts = 4;

    private readonly Dictionary<ulong, int> _ids = [];
    private readonly List<int[]> _texts = [];
    private readonly List<SizeClass> _classes = [];
    private readonly List<Entry> _entries = [];
    private int[] _table = new int[1024];
    private bool[] _isFound = new bool[64];
    private ulong[] _sums = new ulong[64];

    /// <inheritdoc/>
    public int Count => _texts.Count;

    /// <inheritdoc/>
    public void Add(string text)
    {
        var grams = GramSets.Of(text);
        var ranks = new int[grams.Count];
        var n = 0;
        foreach (var gram in grams)
        {
            if (!_ids.TryGetValue(gram, out var id)) _ids.Add(gram, id = _ids.Count);
            ranks[n++] = RankOf(id);
        }
        Array.Sort(ranks);
        var index = Count;
        _texts.Add(ranks);
        if (grams.Count == 0) return;
        var size = ClassOf(grams.Count);
        size.Holds = true;
        Deal(grams, size);
        for (var key = 0; key < size.Groups * Parts; key++) Post(TagOf(size, key), index);
    }

    /// <inheritdoc/>
    public SimilarText? FindNearest(string text)
    {
        var grams = GramSets.Of(text);
        if (grams.Count == 0 || Count == 0) return null;
        var known = new List<int>(grams.Count);
        foreach (var gram in grams)
            if (_ids.TryGetValue(gram, out var id)) known.Add(RankOf(id));
        known.Sort();
        if (_isFound.Length < Count) Array.Resize(ref _isFound, Math.Max(Count, _isFound.Length * 2));
        var (least, most) = ((int)Math.Ceiling(threshold * grams.Count - GramSets.Rounding), (int)Math.Floor(grams.Count / threshold + GramSets.Rounding));
        var found = new List<int>();
        SimilarText? best = null;
        foreach (var size in _classes)
        {
            if (!size.Holds || size.Most < least || size.Least > most) continue;
            Look(grams, size, found);
            foreach (var candidate in found)
            {
                _isFound[candidate] = false;
                var similarity = GramSets.Overlap(CollectionsMarshal.AsSpan(known), grams.Count, _texts[candidate], threshold);
                if (similarity >= threshold && GramSets.IsBetter(new SimilarText(candidate, similarity), best)) best = new SimilarText(candidate, similarity);
            }
            found.Clear();
        }
        return best;
    }

    // The later a gram was first met, the rarer it is, as a rule.
    private static int RankOf(int id) => -1 - id;

    /// <summary>The most grams in which two alike sets differ.</summary>
    private int DifferenceOf(int sizes) => (int)Math.Floor((1 - threshold) / (1 + threshold) * sizes + GramSets.Rounding);

    private SizeClass ClassOf(int size)
    {
        while (_classes.Count == 0 || _classes[^1].Most < size)
        {
            var least = _classes.Count == 0 ? 1 : _classes[^1].Most + 1;
            var most = Math.Max(least, (int)(least * SizeStep));
            // The largest set that may be asked for here is 1/t times as large.
            var difference = DifferenceOf(most + (int)Math.Floor(most / threshold + GramSets.Rounding));
            _classes.Add(new SizeClass(_classes.Count, least, most, difference / 2 + 1));
        }
        // The classes are few, and grow like the sizes: the first that reaches up to it.
        var (low, high) = (0, _classes.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_classes[middle].Most < size) low = middle + 1;
            else high = middle;
        }
        return _classes[low];
    }

    /// <summary>Sums up the hashes of each part's grams.</summary>
    private void Deal(HashSet<ulong> grams, SizeClass size)
    {
        var parts = size.Groups * Parts;
        if (_sums.Length < parts) _sums = new ulong[Math.Max(parts, _sums.Length * 2)];
        Array.Clear(_sums, 0, parts);
        foreach (var gram in grams)
        {
            var hash = Mix(gram);
            _sums[(int)(((hash >> 32) * (ulong)parts) >> 32)] += hash;
        }
    }

    /// <summary>The hash of a group without one of its parts.</summary>
    private uint TagOf(SizeClass size, int part)
    {
        var group = _sums.AsSpan(part / Parts * Parts, Parts);
        var others = group[0] + group[1] + group[2] + group[3] - group[part % Parts];
        return (uint)(Mix(others + (((ulong)size.Number << 32) | (uint)part) * 0x9E3779B97F4A7C15) >> 32);
    }

    private void Look(HashSet<ulong> grams, SizeClass size, List<int> found)
    {
        Deal(grams, size);
        var entries = CollectionsMarshal.AsSpan(_entries);
        for (var part = 0; part < size.Groups * Parts; part++)
        {
            var tag = TagOf(size, part);
            for (var at = _table[tag & (_table.Length - 1)]; at != 0; at = entries[at - 1].Next)
            {
                // Tags of others may be equal by chance: that finds a text too many, never one too few.
                if (entries[at - 1].Tag != tag || _isFound[entries[at - 1].Text]) continue;
                _isFound[entries[at - 1].Text] = true;
                found.Add(entries[at - 1].Text);
            }
        }
    }

    private void Post(uint tag, int text)
    {
        if (_entries.Count == _table.Length) Grow();
        ref var head = ref _table[tag & (_table.Length - 1)];
        _entries.Add(new Entry(tag, text, head));
        head = _entries.Count;
    }

    private void Grow()
    {
        _table = new int[_table.Length * 2];
        var entries = CollectionsMarshal.AsSpan(_entries);
        for (var i = 0; i < entries.Length; i++)
        {
            ref var head = ref _table[entries[i].Tag & (_table.Length - 1)];
            entries[i] = entries[i] with { Next = head };
            head = i + 1;
        }
    }

    // The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>Sets of about a size.</summary>
    private sealed class SizeClass(int number, int least, int most, int groups)
    {
        public int Number => number;

        public int Least => least;

        public int Most => most;

        public int Groups => groups;

        /// <summary>Whether there is any.</summary>
        public bool Holds { get; set; }
    }

    /// <summary>Three parts of a text: its hash, the text, and the next entry of the same place in the table, from 1; 0 for none.</summary>
    private readonly record struct Entry(uint Tag, int Text, int Next);
}
