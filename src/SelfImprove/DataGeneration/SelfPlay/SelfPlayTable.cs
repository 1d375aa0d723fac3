using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Models;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.DataGeneration.SelfPlay;

/// <summary>Where a student plays: it proposes, a verifier picks. The same student, verifier, input and seed give the same play, as far as the models do.</summary>
/// <param name="student">The student.</param>
/// <param name="verifier">The verifier.</param>
/// <param name="manifest">The pinned manifest.</param>
/// <param name="seed">Seeds the proposals.</param>
public sealed class SelfPlayTable(IChatModel student, IProposalVerifier verifier, AgentManifest manifest, string seed)
{
    /// <summary>Answers that the student gives to each input: its own, and three more.</summary>
    public const int Tries = 4;

    /// <summary>The most that the verifier costs for one input, in USD; charged before it is asked.</summary>
    public decimal PriceUsd => verifier.PriceUsd;

    /// <summary>Plays one input.</summary>
    public async Task<PlayedItem> PlayAsync(LabelItem item, CancellationToken cancellationToken)
    {
        var tools = manifest.Task.Output == TaskOutput.Tool ? manifest.Task.Tools : null;
        var request = new ModelRequest(SftFormat.Messages(manifest.Task.Instructions, item.Input), tools);
        var answers = await student.SampleAsync(request, Tries, new SeededRandom($"{seed}/{item.Id}"), cancellationToken);
        // The sort is stable: among proposals given equally often, the one that it serves comes first.
        List<Proposal> proposals = [.. answers.GroupBy(a => OutputKey.Of(a.Output), StringComparer.Ordinal)
            .Select(g => new Proposal(g.First().Output, g.Count())).OrderByDescending(p => p.Times)];
        var pick = await verifier.PickAsync($"{seed}/{item.Id}", item.Input, proposals, cancellationToken);
        return new PlayedItem(item.Id, answers.FirstOrDefault()?.Output, pick.Output, answers.Sum(a => a.CostUsd), pick.CostUsd);
    }
}
