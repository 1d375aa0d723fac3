using System.CommandLine;
using SelfImprove.Api.Improvements;
using SelfImprove.Runs.Approvals;
using Spectre.Console;

namespace SelfImprove.Local.Commands;

/// <summary><c>selfimprove approve</c> and <c>reject</c>.</summary>
internal static class ApprovalCommands
{
    public static Command Approve() => Create("approve", true, """
        Says yes to what a run asks (its plan, its spending, its deployment). The first answer stands.

        Example:
          selfimprove approve router-0003 --reason "numbers look right"
        """);

    public static Command Reject() => Create("reject", false, """
        Says no to what a run asks: the run ends, and its champion keeps serving. The first answer stands.

        Example:
          selfimprove reject router-0003 --reason "not before the release"
        """);

    private static Command Create(string name, bool approved, string description)
    {
        var run = CommandActions.Named("run", "The run: 'selfimprove status' shows those that ask.");
        var reason = new Option<string?>("--reason") { Description = "Why, for the record.", HelpName = "text" };
        return new Command(name, description) { run, reason }.Does(async (session, stop) =>
        {
            var id = session.Parsed.GetValue(run)!;
            var answer = await session.Api.PostAsync<ApprovalAnswer>(
                $"api/improvements/{Uri.EscapeDataString(id)}/approval", new { approved, reason = session.Parsed.GetValue(reason), by = session.By }, stop);
            if (RunReader.AgentOf(id) is { } agent) await session.SettleAsync(agent, stop);
            session.Print(answer, console => console.Say($"{id}: {(answer.Approved ? "approved" : "refused")} by {answer.By}."));
        });
    }
}
