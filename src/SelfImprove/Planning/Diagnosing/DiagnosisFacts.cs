using SelfImprove.Monitoring.Signals;

namespace SelfImprove.Planning.Diagnosing;

/// <summary>All that the diagnosis looks at.</summary>
public sealed record DiagnosisFacts
{
    /// <summary>The champion's signals; null before its first request.</summary>
    public required VersionSignals? Champion { get; init; }

    /// <summary>Quality estimated from thumbs, [0,1], and its standard deviation; null without thumbs.</summary>
    public (double Mean, double Sd)? ThumbQuality { get; init; }

    /// <summary>The share of thumbs believed wrong, [0,0.5).</summary>
    public double WrongShare { get; init; }

    /// <summary>Recent inputs labelled by a teacher for the diagnosis; empty where there is no model teacher.</summary>
    public IReadOnlyList<JudgedItem> Pilot { get; init; } = [];

    /// <summary>The share of that teacher's labels believed right.</summary>
    public double TeacherAccuracy { get; init; } = 1;

    /// <summary>Items that sources judged, with the teacher's word, oldest first, per source (<c>kind:id</c>).</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<SourceItem>> Adjudicated { get; init; } = new Dictionary<string, IReadOnlyList<SourceItem>>();

    /// <summary>The version before the champion; null where there is none.</summary>
    public string? Previous { get; init; }

    /// <summary>Decisions that the champion's dataset has, with rows; null where it has no dataset.</summary>
    public IReadOnlyDictionary<string, int>? KnownDecisions { get; init; }

    /// <summary>Decisions that the manifest has; 0 where the output is free text.</summary>
    public int Decisions { get; init; }

    /// <summary>Demonstrations given, and how many of them contradict another of the same input.</summary>
    public (int Given, int Contradicting) Demonstrations { get; init; }

    /// <summary>Judgements of an answer that somebody corrected, by others who got the same answer to a near-identical input; contradicting are those that are for it.</summary>
    public LabelRepeats Repeats { get; init; } = LabelRepeats.None;

    /// <summary>Rows of the champion's dataset whose input is there at least twice, and how many of them contradict another.</summary>
    public LabelRepeats TaughtRepeats { get; init; } = LabelRepeats.None;

    /// <summary>Demonstrations that a teacher was asked about: where it sides with the answer that the person corrected, they contradict each other.</summary>
    public LabelRepeats Disputed { get; init; } = LabelRepeats.None;

    /// <summary>Judgements of the same answer to near-identical inputs, and how many of them contradict the one before.</summary>
    public LabelRepeats Verdicts { get; init; } = LabelRepeats.None;

    /// <summary>Judgements by people of inputs of the pilot, and how many of them contradict the teacher.</summary>
    public LabelRepeats PeopleAndTeacher { get; init; } = LabelRepeats.None;
}

/// <summary>A labelled recent input.</summary>
/// <param name="Decision">What the champion decided.</param>
/// <param name="PreviousDecision">What the version before it decides on the same input; null where there is none.</param>
/// <param name="Label">What the teacher says.</param>
/// <param name="Tags">The interaction's tags: each is a slice.</param>
public sealed record JudgedItem(string Decision, string? PreviousDecision, string Label, IReadOnlyDictionary<string, string>? Tags = null);

/// <summary>An item that a source judged.</summary>
/// <param name="Reward">The source's judgement, [0,1].</param>
/// <param name="Right">Whether the teacher agrees with the decision judged.</param>
public sealed record SourceItem(double Reward, bool Right);

/// <summary>Labels or judgements that could be compared with another of the same thing.</summary>
/// <param name="Compared">How many.</param>
/// <param name="Contradicting">How many of them contradict.</param>
public sealed record LabelRepeats(int Compared, int Contradicting)
{
    /// <summary>Nothing to compare.</summary>
    public static LabelRepeats None { get; } = new(0, 0);
}
