using SelfImprove.Evaluation.ValidationSets;

namespace SelfImprove.Api.Agents;

/// <summary>A golden set to pin: labelled texts, or whole items; one of both.</summary>
public sealed record GoldenSetBody
{
    /// <summary>Its name, as in the manifest's <c>evaluation.goldenSet</c>.</summary>
    public string? Set { get; init; }

    /// <summary>Labelled texts; null with <see cref="Items"/>.</summary>
    public IReadOnlyList<LabelledRow>? Rows { get; init; }

    /// <summary>Items with messages and whole outputs, tool arguments included; null with <see cref="Rows"/>.</summary>
    public IReadOnlyList<ValidationItem>? Items { get; init; }

    /// <summary>Who; on a host with keys, the key's name instead.</summary>
    public string? By { get; init; }
}

/// <summary>A golden set.</summary>
/// <param name="Set">Its name.</param>
/// <param name="Items">How many items it has.</param>
/// <param name="Used">Whether the manifest's <c>evaluation.goldenSet</c> names it.</param>
public sealed record GoldenSetView(string Set, int Items, bool Used);

/// <summary>An agent's golden sets.</summary>
/// <param name="Sets">The sets, by name.</param>
public sealed record GoldenSetList(IReadOnlyList<GoldenSetView> Sets);
