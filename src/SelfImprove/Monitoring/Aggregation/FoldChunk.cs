using System.Collections.Concurrent;
using System.Text;
using SelfImprove.Monitoring.Log;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>New bytes of one or several segments, folded and committed together.</summary>
/// <param name="lists">Emptied lists to use again: they are large, and many.</param>
internal sealed class FoldChunk(ConcurrentBag<List<ParsedEvent>> lists)
{
    // Small enough that a piece's events stay out of the large-object heap.
    private const int PieceBytes = 96 * 1024;
    private const int ExcerptBytes = 300;
    private readonly List<SegmentRead> _reads = [];

    public long Bytes { get; private set; }

    public IReadOnlyList<SegmentRead> Reads => _reads;

    /// <summary>Memory of the reads that is used again afterwards.</summary>
    public List<byte[]> Lent { get; } = [];

    public void Add(SegmentRead read)
    {
        _reads.Add(read);
        Bytes += read.Bytes.Length;
    }

    /// <summary>Parses the reads, in pieces side by side; the result is in the order of the log: per read, its events.</summary>
    public List<ParsedEvent>[][] Parse(EventParser[] parsers)
    {
        var pieces = new List<(int Read, long Offset, ReadOnlyMemory<byte> Bytes)>();
        for (var r = 0; r < _reads.Count; r++)
        {
            var (rest, offset) = (_reads[r].Bytes, _reads[r].Offset);
            while (rest.Length > 0)
            {
                var end = rest.Length <= PieceBytes ? -1 : rest.Span[PieceBytes..].IndexOf((byte)'\n');
                var length = end < 0 ? rest.Length : PieceBytes + end + 1;
                pieces.Add((r, offset, rest[..length]));
                (rest, offset) = (rest[length..], offset + length);
            }
        }
        var parsed = new List<ParsedEvent>[pieces.Count];
        if (pieces.Count == 1 || parsers.Length == 1) ParseEach(parsers[0], 0, 1);
        else Parallel.For(0, parsers.Length, new ParallelOptions { MaxDegreeOfParallelism = parsers.Length }, p => ParseEach(parsers[p], p, parsers.Length));

        var reads = new List<ParsedEvent>[_reads.Count][];
        for (int r = 0, from = 0; r < reads.Length; r++)
        {
            var to = from;
            while (to < pieces.Count && pieces[to].Read == r) to++;
            reads[r] = parsed[from..to];
            from = to;
        }
        return reads;

        void ParseEach(EventParser parser, int from, int step)
        {
            for (var i = from; i < pieces.Count; i += step)
            {
                if (!lists.TryTake(out var events)) events = new List<ParsedEvent>(Math.Max(4, pieces[i].Bytes.Length / 280));
                parser.Parse(pieces[i].Bytes.Span, pieces[i].Offset, events);
                parsed[i] = events;
            }
        }
    }

    /// <summary>The beginning of an event's line.</summary>
    public string Excerpt(int read, in ParsedEvent parsed)
    {
        var line = _reads[read].Bytes.Span.Slice((int)(parsed.Offset - _reads[read].Offset), parsed.Length);
        return Encoding.UTF8.GetString(line[..Math.Min(line.Length, ExcerptBytes)]).TrimEnd('\n');
    }
}
