using SelfImprove.Agents.Manifests;
using SelfImprove.Local.Samples;
using SelfImprove.Models;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Local.Demo;

/// <summary>
/// The demo's data, split by a seed: per class, half of the rows are history (what labels exist: the student starts from a few of
/// them, the stronger teacher learnt from them all), the rest is traffic that nobody labelled. Of the traffic a part is reserved
/// for the A/B test and what follows it: no text of it is ever seen before.
/// </summary>
public sealed record DemoData
{
    /// <summary>Labels per class that the student starts with.</summary>
    public const int StartRows = 10;

    private const int FewestRows = 12;
    private const double KnownShare = 0.6;

    /// <summary>A short name: of the agent too.</summary>
    public required string Name { get; init; }

    /// <summary>The task: labels, or tools of the shipped data.</summary>
    public required TaskSettings Task { get; init; }

    /// <summary>Classes that the student starts with.</summary>
    public required IReadOnlyList<string> Known { get; init; }

    /// <summary>Classes that it never saw.</summary>
    public required IReadOnlyList<string> Unseen { get; init; }

    /// <summary>What the student starts with.</summary>
    public required IReadOnlyList<LabelledText> Start { get; init; }

    /// <summary>All labelled history.</summary>
    public required IReadOnlyList<LabelledText> History { get; init; }

    /// <summary>Traffic before the A/B test.</summary>
    public required IReadOnlyList<LabelledText> Traffic { get; init; }

    /// <summary>Traffic reserved for the A/B test and after.</summary>
    public required IReadOnlyList<LabelledText> Reserved { get; init; }

    /// <summary>Held-out texts that are never played.</summary>
    public required IReadOnlyList<LabelledText> Test { get; init; }

    /// <summary>What was left out, for a person; empty where nothing was.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Reads or makes the data, and splits it.</summary>
    /// <exception cref="DemoDataException">It can't be used.</exception>
    public static DemoData Load(DemoOptions options)
    {
        if (options.Data is null)
        {
            if (options.Test is not null) throw new DemoDataException("--test needs --data: the shipped requests bring their own test set.");
            var tools = OfficeRequests.Tools.Select(t => new ToolDefinition(t.Name, t.Description, t.Parameters)).ToList();
            return Split(
                "office", new TaskSettings { Output = TaskOutput.Tool, Tools = tools },
                [.. OfficeRequests.Train(options.Seed).Select(r => new LabelledText(r.Text, r.Label))],
                [.. OfficeRequests.Test(options.Seed).Select(r => new LabelledText(r.Text, r.Label))], options.Seed, wordingsDrift: true);
        }
        var rows = LabelledCsv.Read(options.Data);
        var test = options.Test is null ? [] : LabelledCsv.Read(options.Test);
        return Split(NameOf(options.Data), null, rows, test, options.Seed, wordingsDrift: false);
    }

    private static DemoData Split(string name, TaskSettings? task, IReadOnlyList<LabelledText> rows, IReadOnlyList<LabelledText> test, int seed, bool wordingsDrift)
    {
        var random = new SeededRandom((ulong)seed).Split("demo-data");
        var notes = new List<string>();
        var unique = rows.DistinctBy(r => r.Text.ToLowerInvariant()).ToList();
        var classes = unique.GroupBy(r => r.Label, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
        var usable = classes.Where(c => c.Count() >= FewestRows).ToList();
        if (classes.Count < 2)
            throw new DemoDataException($"The data has {classes.Count} class(es). Expected at least 4 labels in the second column, with {FewestRows} texts each.");
        if (usable.Count < 4)
            throw new DemoDataException($"Of {classes.Count} classes only {usable.Count} have {FewestRows} or more different texts. Expected at least 4 such classes.");
        if (usable.Count < classes.Count) notes.Add($"{classes.Count - usable.Count} classes have fewer than {FewestRows} texts and were left out.");

        var names = usable.Select(c => c.Key).ToArray();
        var order = names.ToArray();
        random.Split("classes").Shuffle<string>(order);
        var known = order[..(int)Math.Round(KnownShare * order.Length)].ToHashSet(StringComparer.Ordinal);
        var (start, history, traffic, reserved, held) = (new List<LabelledText>(), new List<LabelledText>(), new List<LabelledText>(), new List<LabelledText>(), new List<LabelledText>());
        foreach (var c in usable)
        {
            var of = c.ToArray();
            random.Split(c.Key).Shuffle<LabelledText>(of);
            var own = test.Where(t => t.Label == c.Key).ToList();
            var rest = of.AsSpan();
            if (test.Count == 0)
            {
                held.AddRange(of[..(of.Length / 5)]);
                rest = rest[(of.Length / 5)..];
            }
            else
            {
                held.AddRange(own);
            }
            var past = rest[..(rest.Length / 2)].ToArray();
            var future = rest[(rest.Length / 2)..].ToArray();
            history.AddRange(past);
            if (known.Contains(c.Key)) start.AddRange(past.Take(StartRows));
            traffic.AddRange(future[..(future.Length * 11 / 20)]);
            reserved.AddRange(future[(future.Length * 11 / 20)..]);
        }
        // The shipped test set is worded otherwise than its training set: half of it is played, so that wordings drift too.
        if (wordingsDrift)
        {
            var worded = held.ToArray();
            random.Split("wordings").Shuffle<LabelledText>(worded);
            traffic.AddRange(worded[..(worded.Length / 4)]);
            reserved.AddRange(worded[(worded.Length / 4)..(worded.Length / 2)]);
            held = [.. worded[(worded.Length / 2)..]];
        }
        return new DemoData
        {
            Name = name,
            Task = task is null
                ? new TaskSettings { Output = TaskOutput.Label, Labels = names }
                : task with { Tools = [.. task.Tools.Where(t => names.Contains(t.Name))] },
            Known = [.. names.Where(known.Contains)],
            Unseen = [.. names.Where(n => !known.Contains(n))],
            Start = start,
            History = history,
            Traffic = traffic,
            Reserved = reserved,
            Test = held,
            Notes = notes,
        };
    }

    /// <summary>The agent's name after a file's, or its folder's where the file is called train.</summary>
    private static string NameOf(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        if (name.Equals("train", StringComparison.OrdinalIgnoreCase)) name = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))) ?? name;
        var clean = string.Concat(name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        return clean.Length == 0 ? "agent" : clean[..Math.Min(clean.Length, 40)];
    }
}
