namespace SelfImprove.Evaluation.Scoring;

/// <summary>Which part of a validation sample an item belongs to: parts are labelled at different rates, and weighted back.</summary>
public enum ItemStratum
{
    /// <summary>The sample has no parts: each item stands for itself.</summary>
    Uniform,

    /// <summary>The two versions answer differently: all of these are labelled, for they alone tell the versions apart.</summary>
    Differs,

    /// <summary>The two versions answer alike, so that they score alike whatever is right: a part is labelled, to know how good both are.</summary>
    Agrees,

    /// <summary>Not meant to be labelled: judges alone tell of it.</summary>
    Unsampled,
}
