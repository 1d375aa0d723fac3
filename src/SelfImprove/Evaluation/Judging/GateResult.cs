namespace SelfImprove.Evaluation.Judging;

/// <summary>One gate's word.</summary>
/// <param name="Gate">Its name: <c>improvement</c>, <c>manifest</c>, <c>refusals</c>, <c>personalData</c>, <c>secrets</c>, <c>harm</c>, <c>golden</c>, <c>slices</c>, <c>judges</c>,
/// <c>latency</c>, <c>cost</c>.</param>
/// <param name="Outcome">What it says.</param>
/// <param name="Text">With the numbers.</param>
public sealed record GateResult(string Gate, GateOutcome Outcome, string Text);
