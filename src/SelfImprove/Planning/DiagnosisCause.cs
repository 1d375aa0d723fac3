namespace SelfImprove.Planning;

/// <summary>What is behind an agent's decline, as far as evidence tells.</summary>
public enum DiagnosisCause
{
    /// <summary>There is none to see.</summary>
    None,
    /// <summary>Errors or latency: training would not help.</summary>
    Infrastructure,
    /// <summary>A source of feedback contradicts adjudication on its own items.</summary>
    BadFeedbackSource,
    /// <summary>The version before the last promotion does better on the same recent inputs.</summary>
    Regression,
    /// <summary>Inputs have changed: new words, new slices.</summary>
    InputShift,
    /// <summary>Some slices are weak.</summary>
    WeakSlices,
    /// <summary>The same input has several labels.</summary>
    ContradictoryLabels,
}
