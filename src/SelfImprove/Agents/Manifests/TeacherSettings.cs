using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>A source of better outputs, with a price.</summary>
public sealed record TeacherSettings
{
    /// <summary>Its name: <c>[a-z0-9-]{1,63}</c>.</summary>
    [RegularExpression("[a-z0-9-]{1,63}")]
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public TeacherKind Kind { get; init; } = TeacherKind.Model;

    /// <summary>Of a model: its reference (<c>builtin:path</c>, or a scheme that the host adds).</summary>
    public string? Model { get; init; }

    /// <summary>Of a model that is not deployed: how a run deploys it while it is needed; <c>model</c> is then left out. Null where it is there already.</summary>
    public TeacherDeployment? Deploy { get; init; }

    /// <summary>Of a panel or cascade: the names of other teachers, cheapest first.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>What one answered item costs, in USD (of a panel or cascade: besides its members).</summary>
    [Range(0, 1e9)]
    public decimal Price { get; init; }

    /// <summary>The share of its answers believed right, until it was audited; [0,1].</summary>
    [Range(0.0, 1.0)]
    public double Accuracy { get; init; } = 0.9;

    /// <summary>Of a model: answers under this confidence are dropped; [0,1].</summary>
    [Range(0.0, 1.0)]
    public double MinConfidence { get; init; }

    /// <summary>Of people: how long to wait for their answers.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan Due { get; init; } = TimeSpan.FromDays(2);

    /// <summary>Of people: how many answer each item, 1 to 5; the majority counts.</summary>
    [Range(1, 5)]
    public int PeoplePerItem { get; init; } = 1;
}
