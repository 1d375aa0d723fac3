using System.CommandLine;
using SelfImprove.Api.Agents;
using SelfImprove.Api.Improvements;
using SelfImprove.Monitoring.Triggers;
using Spectre.Console;

namespace SelfImprove.Local.Commands;

/// <summary><c>selfimprove improve</c>.</summary>
internal static class ImproveCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var agent = CommandActions.Named("agent", "The agent.");
        var reason = new Option<string?>("--reason") { Description = "Why, for the planner's record.", HelpName = "text" };
        return new Command("improve", """
            Asks for an improvement of an agent. A person is always heard; budget, cool-down and a run under way still hold.

            Examples:
              selfimprove improve router
              selfimprove improve router --reason "new product names since Monday"
            """)
        { agent, reason }.Does(async (session, stop) =>
        {
            var name = session.Parsed.GetValue(agent)!;
            var request = await session.Api.PostAsync<ImprovementRequest>(
                $"api/agents/{Uri.EscapeDataString(name)}/improvements", new { reason = session.Parsed.GetValue(reason) ?? "asked for on the command line", by = session.By }, stop);
            await session.SettleAsync(name, stop);
            request = await TakenUpAsync(session, request, stop);
            if (request.Run is { } run)
            {
                var view = await session.Api.GetAsync<RunView>($"api/improvements/{run}", stop);
                session.Print(view, console => RunPage.Write(console, view));
                return;
            }
            var why = await GuardAsync(session, name, stop);
            session.Print(request, console => console.Say($"The request is kept, but no run was started yet: {why}"));
        });
    }

    // A running host looks every second.
    private static async Task<ImprovementRequest> TakenUpAsync(CommandSession session, ImprovementRequest request, CancellationToken stop)
    {
        var path = $"api/agents/{request.Agent}/requests/{request.Id}";
        request = await session.Api.GetAsync<ImprovementRequest>(path, stop);
        for (var waited = TimeSpan.Zero; session.Url is not null && request.Run is null && waited < Patience; waited += Pause)
        {
            await Task.Delay(Pause, stop);
            request = await session.Api.GetAsync<ImprovementRequest>(path, stop);
        }
        return request;
    }

    private static async Task<string> GuardAsync(CommandSession session, string agent, CancellationToken stop)
    {
        var decisions = (await session.Api.GetAsync<DecisionList>($"api/agents/{agent}/decisions?limit=1", stop)).Decisions;
        return decisions is [{ Value: var value }] && value.TryGetProperty("guards", out var guards) && guards.GetArrayLength() > 0 ? guards[0].GetString()! : "the host looks again soon.";
    }
}
