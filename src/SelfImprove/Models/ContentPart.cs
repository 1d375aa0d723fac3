namespace SelfImprove.Models;

/// <summary>A part of a message: text, or an image by reference.</summary>
/// <param name="Type"><c>text</c> or <c>image_url</c>.</param>
/// <param name="Text">Of a text part: the text.</param>
/// <param name="ImageUrl">Of an image part: a reference (store path, data or remote URL); never fetched by the runtime.</param>
/// <param name="Detail">Of an image part: <c>low</c>, <c>high</c> or <c>auto</c>.</param>
public sealed record ContentPart(string Type, string? Text = null, string? ImageUrl = null, string? Detail = null);
