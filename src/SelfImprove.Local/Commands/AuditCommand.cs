using System.CommandLine;
using SelfImprove.Api.Audit;
using SelfImprove.Audit;
using Spectre.Console;

namespace SelfImprove.Local.Commands;

/// <summary><c>selfimprove audit</c>.</summary>
internal static class AuditCommand
{
    public static Command Create() => new("audit", """
        The hash-chained record of everything decided and done for an agent: show it, verify it.

        Examples:
          selfimprove audit show router
          selfimprove audit show router --run router-0003
          selfimprove audit verify router
        """)
    { Show(), Verify() };

    private static Command Show()
    {
        var agent = CommandActions.Named("agent", "The agent.");
        var run = new Option<string?>("--run") { Description = "Of one run only.", HelpName = "run" };
        var after = new Option<long>("--after") { Description = "Only entries after this number." };
        var limit = new Option<int>("--limit") { Description = "How many at most, 1 to 1000.", DefaultValueFactory = _ => 100 };
        return new Command("show", "Shows the entries in order.") { agent, run, after, limit }.Does(async (session, stop) =>
        {
            var of = session.Parsed.GetValue(run) is { } id ? $"&run={Uri.EscapeDataString(id)}" : "";
            var entries = await session.Api.GetAsync<AuditEntries>(
                $"api/agents/{Uri.EscapeDataString(session.Parsed.GetValue(agent)!)}/audit?after={session.Parsed.GetValue(after)}&limit={session.Parsed.GetValue(limit)}{of}", stop);
            session.Print(entries, console =>
            {
                foreach (var entry in entries.Entries) console.Say($"{entry.Seq,5}  {entry.Time:u}  {entry.Kind}  {entry.Run}  by {entry.Actor}  {entry.Data}");
                if (entries.Next is { } next) console.Say($"There are more: --after {next}");
            });
        });
    }

    private static Command Verify()
    {
        var agent = CommandActions.Named("agent", "The agent.");
        return new Command("verify", """
            Checks that the log is as it was written: any edit, gap or truncation up to the last anchor is found, and what is not anchored is told.
            Exit code 1 where something is wrong.
            """)
        { agent }.Does(async (session, stop) =>
        {
            var name = session.Parsed.GetValue(agent)!;
            var found = await session.Api.GetAsync<AuditVerification>($"api/agents/{Uri.EscapeDataString(name)}/audit/verify", stop);
            session.Print(found, console =>
            {
                console.Say($"{name}: {found.Entries} entries, anchored up to number {found.LastAnchored}; {found.NotAnchored} after that are vouched for by the chain alone.");
                foreach (var note in found.Notes) console.Say($"  note: {note}");
            });
            if (!found.IsIntact)
                throw new CommandException($"The audit log of {name} is not as it was written:{string.Concat(found.Problems.Select(p => $"\n  {p.Path}{(p.Offset < 0 ? "" : $" at byte {p.Offset}")}: {p.Message}"))}");
        });
    }
}
