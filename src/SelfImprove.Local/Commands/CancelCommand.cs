using System.CommandLine;
using SelfImprove.Api.Improvements;
using Spectre.Console;

namespace SelfImprove.Local.Commands;

/// <summary><c>selfimprove cancel</c>.</summary>
internal static class CancelCommand
{
    public static Command Create()
    {
        var run = CommandActions.Named("run", "The run.");
        var reason = new Option<string?>("--reason") { Description = "Why, for the record.", HelpName = "text" };
        return new Command("cancel", """
            Cancels a run: its job is cancelled, its challenger withdrawn, a pause lifted; the champion keeps serving.

            Example:
              selfimprove cancel router-0003 --reason "wrong week"
            """)
        { run, reason }.Does(async (session, stop) =>
        {
            var id = session.Parsed.GetValue(run)!;
            await session.Api.PostAsync<RunView>($"api/improvements/{Uri.EscapeDataString(id)}/cancel", new { reason = session.Parsed.GetValue(reason), by = session.By }, stop);
            if (RunReader.AgentOf(id) is { } agent) await session.SettleAsync(agent, stop);
            var view = await session.Api.GetAsync<RunView>($"api/improvements/{Uri.EscapeDataString(id)}", stop);
            session.Print(view, console => console.Say(view.Outcome is { } outcome ? $"{id}: {outcome.Ending.ToString().ToLowerInvariant()}. {outcome.Reason}" : $"{id} is told to stop; it cleans up first."));
        });
    }
}
