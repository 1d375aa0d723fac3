using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Splitting;
using SelfImprove.DataGeneration.Texts;
using System.Security.Cryptography;
using System.Text;

namespace SelfImprove.Evaluation.ValidationSets;

/// <summary>
/// Draws validation items from recent traffic: of the newest unique texts on the validation side (twice as many as wanted, within <c>data.lookback</c>), those
/// with the smallest hashes. That is uniform, the same at every call, and grows by adding: more items asked for contain those asked for before.
/// What an agent may learn from plays no part: the side of a text is decided by its near-duplicate cluster, for ever.
/// </summary>
/// <param name="traffic">Reads the agent's interactions.</param>
/// <param name="split">Decides the side of a text.</param>
public sealed class ValidationSample(TrafficReader traffic, InputSplit split)
{
    private const int Newest = 2;

    /// <summary>With so many items from after a shift, older traffic is left out: it no longer stands for what comes.</summary>
    private const int EnoughSince = 60;

    private static readonly TimeSpan FirstWindow = TimeSpan.FromHours(1);

    /// <summary>Draws items.</summary>
    /// <param name="manifest">The run's manifest.</param>
    /// <param name="trained">Normalised texts of the training data: never drawn, wherever they stand.</param>
    /// <param name="wanted">How many.</param>
    /// <param name="now">The time before which traffic counts.</param>
    /// <param name="since">Where traffic shifted; null where it did not.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The items, fewer where traffic has no more, and how many there were to choose from.</returns>
    public async Task<(IReadOnlyList<ValidationItem> Items, int Available)> DrawAsync(
        AgentManifest manifest, IReadOnlySet<string> trained, int wanted, DateTimeOffset now, DateTimeOffset? since = null, CancellationToken cancellationToken = default)
    {
        var found = new Dictionary<string, ValidationItem>(StringComparer.Ordinal);
        var oldest = now - manifest.Data.Lookback;
        var (until, window) = (now, FirstWindow);
        while (until > oldest && found.Count < wanted * Newest && !(until <= since && found.Count >= Math.Min(wanted, EnoughSince)))
        {
            var from = until - window > oldest ? until - window : oldest;
            if (from < since && until > since) from = since.Value;
            await AddWindowAsync(found, manifest, trained, from, until, cancellationToken);
            (until, window) = (from, window * 2);
        }
        var newest = found.OrderByDescending(f => f.Value.Time).ThenBy(f => f.Key, StringComparer.Ordinal).Take(wanted * Newest).ToList();
        var drawn = newest.OrderBy(f => Priority(f.Key), StringComparer.Ordinal).Take(wanted).Select(f => f.Value);
        return ([.. drawn], newest.Count);
    }

    private async Task AddWindowAsync(
        Dictionary<string, ValidationItem> found, AgentManifest manifest, IReadOnlySet<string> trained, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var window = new Dictionary<string, ValidationItem>(StringComparer.Ordinal);
        await foreach (var observed in traffic(manifest.Agent, from, until, null, cancellationToken))
        {
            var i = observed.Interaction;
            if (i.Trainable == false) continue;
            var key = NormalisedText.Of(InputText.Of(i.Input));
            if (key.Length == 0 || trained.Contains(key) || found.ContainsKey(key)) continue;
            if (window.TryGetValue(key, out var other) && (other.Time > i.Time || (other.Time == i.Time && string.CompareOrdinal(other.Id, i.Id) < 0))) continue;
            window[key] = new ValidationItem(i.Id, i.Input, Tags: i.Tags, Time: i.Time, Slice: i.Output?.Decision ?? "");
        }
        // In the order of time: the first text of a near-duplicate cluster stands for it, on every machine alike.
        var ordered = window.OrderBy(w => w.Value.Time).ThenBy(w => w.Value.Id, StringComparer.Ordinal).ToList();
        var texts = ordered.Select(o => InputText.Of(o.Value.Input)).ToList();
        var sides = await split.SidesAsync(manifest.Agent, texts, manifest.Evaluation.ValidationShare, cancellationToken);
        for (var n = 0; n < ordered.Count; n++)
            if (sides[n] == SplitSide.Validation) found[ordered[n].Key] = ordered[n].Value;
    }

    private static string Priority(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("validation\n" + key)));
}
