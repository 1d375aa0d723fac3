namespace SelfImprove.Agents.Manifests.Reading;

/// <summary>"Did you mean": the known name closest to what was written.</summary>
public static class NearestName
{
    /// <summary>A hint for a message, with a blank before it; empty where nothing is close.</summary>
    public static string Hint(string written, IEnumerable<string> known)
    {
        if (written.Length is 0 or > 100) return "";
        var best = known.Where(k => k.Length is > 0 and <= 100)
            .Select(k => (Name: k, Distance: Distance(written.ToLowerInvariant(), k.ToLowerInvariant())))
            .Where(k => k.Distance <= Math.Max(1, k.Name.Length / 3)).OrderBy(k => k.Distance).FirstOrDefault();
        return best.Name is null ? "" : $" (did you mean {best.Name}?)";
    }

    /// <summary>Edits, a swap of neighbours counted once (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        var (before, last, now) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++) last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            now[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                now[j] = Math.Min(Math.Min(now[j - 1], last[j]) + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = Math.Min(now[j], before[j - 2] + 1);
            }
            (before, last, now) = (last, now, before);
        }
        return last[b.Length];
    }
}
