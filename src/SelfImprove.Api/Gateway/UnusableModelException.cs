namespace SelfImprove.Api.Gateway;

/// <summary>The model of a version can't be opened: its file is damaged or missing, or no source of this host serves its kind.</summary>
/// <param name="message">Which version, and what is wrong with what file.</param>
/// <param name="inner">What opening it reported.</param>
internal sealed class UnusableModelException(string message, Exception inner) : Exception(message, inner);
