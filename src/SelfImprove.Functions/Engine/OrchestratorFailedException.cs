using System.Text.RegularExpressions;
using Microsoft.DurableTask;
using SelfImprove.Orchestration;

namespace SelfImprove.Functions.Engine;

/// <summary>
/// How an orchestrator's failure leaves its function: Durable Functions keeps an exception's type and message alone, so the message carries the whole
/// <see cref="Failure"/>, in a form that people can read too: <c>FormatException (lasting): bad row 7</c>.
/// </summary>
/// <param name="failure">Why it failed.</param>
public sealed partial class OrchestratorFailedException(Failure failure)
    : Exception($"{failure.Type} ({(failure.IsTransient ? Transient : Lasting)}): {failure.Message}")
{
    private const string Lasting = "lasting";
    private const string Transient = "transient";

    /// <summary>The failure that an exception of a call holds.</summary>
    public static Failure Read(Exception exception) => exception is TaskFailedException { FailureDetails: { } details } ? Read(details) : Failure.From(exception);

    /// <summary>The failure that an instance ended with. One that no orchestrator of ours gave (a termination, the engine's own) is lasting.</summary>
    public static Failure Read(TaskFailureDetails details)
    {
        for (var inner = details; inner is not null; inner = inner.InnerFailure)
        {
            // Not only at the start: a host may put words of its own before it.
            if (Form().Match(inner.ErrorMessage ?? "") is { Success: true } found)
                return new Failure(found.Groups["type"].Value, found.Groups["message"].Value, found.Groups["kind"].Value == Transient);
        }
        return new Failure(details.ErrorType is { Length: > 0 } type ? type[(type.LastIndexOf('.') + 1)..] : "Failed", details.ErrorMessage ?? "", false);
    }

    [GeneratedRegex(@"(?:^|[\s:'""])(?<type>[A-Za-z_][A-Za-z0-9_`]*) \((?<kind>lasting|transient)\): (?<message>.*)$", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
