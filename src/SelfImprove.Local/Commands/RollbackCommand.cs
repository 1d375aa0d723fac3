using System.CommandLine;
using SelfImprove.Agents.Routing;
using Spectre.Console;

namespace SelfImprove.Local.Commands;

/// <summary><c>selfimprove rollback</c>.</summary>
internal static class RollbackCommand
{
    public static Command Create()
    {
        var agent = CommandActions.Named("agent", "The agent.");
        var to = new Option<string?>("--to") { Description = "The version to serve; without it, the champion before this one.", HelpName = "version" };
        var reason = new Option<string?>("--reason") { Description = "Why, for the record.", HelpName = "text" };
        return new Command("rollback", """
            Makes an earlier version serve, at once. A test under way is withdrawn.

            Examples:
              selfimprove rollback router
              selfimprove rollback router --to v3 --reason "complaints since noon"
            """)
        { agent, to, reason }.Does(async (session, stop) =>
        {
            var name = session.Parsed.GetValue(agent)!;
            var table = await session.Api.PostAsync<RoutingTable>(
                $"api/agents/{Uri.EscapeDataString(name)}/rollback", new { version = session.Parsed.GetValue(to), reason = session.Parsed.GetValue(reason), by = session.By }, stop);
            session.Print(table, console => console.Say($"{table.Champion} serves {name} now (routing revision {table.Revision})."));
        });
    }
}
