namespace SelfImprove.Local.Samples;

/// <summary>One labelled request of the shipped sample.</summary>
/// <param name="Text">What somebody in an office writes.</param>
/// <param name="Label">The tool that serves it, a name in <see cref="OfficeRequests.Tools"/>.</param>
/// <param name="Style">How it is worded: <c>order</c>, <c>question</c>, <c>situation</c> or <c>note</c>.</param>
/// <param name="Template">The template that it was made from, unique over all tools, for example <c>book_room/train/3</c>.</param>
public sealed record OfficeRequest(string Text, string Label, string Style, string Template);
