using System.CommandLine;
using SelfImprove.Api.Inbox;
using Spectre.Console;

namespace SelfImprove.Local.Commands;

/// <summary><c>selfimprove inbox</c>.</summary>
internal static class InboxCommand
{
    public static Command Create() => new("inbox", """
        What people are asked to answer: list, answer, skip.

        Examples:
          selfimprove inbox list
          selfimprove inbox list router --limit 20
          selfimprove inbox answer router router-0003-train-1-ab12-cd34 book_room
          selfimprove inbox skip router router-0003-train-1-ab12-cd34 --reason "can't tell from the text"
        """)
    { List(), Answer(), Skip() };

    private static Command List()
    {
        var agent = new Argument<string?>("agent") { Description = "Of one agent only.", HelpName = "AGENT", DefaultValueFactory = _ => null };
        var limit = new Option<int>("--limit") { Description = "How many at most, 1 to 10000.", DefaultValueFactory = _ => 50 };
        var all = new Option<bool>("--all") { Description = "Also what needs no more answers." };
        return new Command("list", "Lists open tasks, those due first first.") { agent, limit, all }.Does(async (session, stop) =>
        {
            var of = session.Parsed.GetValue(agent) is { } name ? $"agent={Uri.EscapeDataString(name)}&" : "";
            var list = await session.Api.GetAsync<InboxList>($"api/inbox?{of}state={(session.Parsed.GetValue(all) ? "all" : "open")}&limit={session.Parsed.GetValue(limit)}", stop);
            session.Print(list, console =>
            {
                if (list.Tasks.Count == 0) console.Say("Nothing waits for an answer.");
                var table = CommandActions.Table("agent", "task", "due", "asked");
                foreach (var task in list.Tasks) table.Row(task.Agent, task.Id, $"{task.Due:u}", task.Input.LastOrDefault(m => m.Role == "user")?.Text);
                if (list.Tasks.Count > 0) console.Write(table);
                foreach (var group in list.Tasks.GroupBy(t => t.Agent)) console.Say($"{group.Key}: answer with one of {string.Join(", ", group.First().Decisions.Take(12))}{(group.First().Decisions.Count > 12 ? ", ..." : "")}");
            });
        });
    }

    private static Command Answer()
    {
        var (agent, task) = (CommandActions.Named("agent", "The agent."), CommandActions.Named("task", "The task's id, as listed."));
        var decision = CommandActions.Named("decision", "What the agent should have answered: a label, a tool's name, or the text.");
        return new Command("answer", "Answers a task.") { agent, task, decision }.Does((session, stop) =>
            SendAsync(session, session.Parsed.GetValue(agent)!, session.Parsed.GetValue(task)!, new InboxAnswerBody { Decision = session.Parsed.GetValue(decision), By = session.By }, stop));
    }

    private static Command Skip()
    {
        var (agent, task) = (CommandActions.Named("agent", "The agent."), CommandActions.Named("task", "The task's id, as listed."));
        var reason = new Option<string>("--reason") { Description = "Why you leave it to others.", HelpName = "text", DefaultValueFactory = _ => "no reason given" };
        return new Command("skip", "Leaves a task to others.") { agent, task, reason }.Does((session, stop) =>
            SendAsync(session, session.Parsed.GetValue(agent)!, session.Parsed.GetValue(task)!, new InboxAnswerBody { Skip = session.Parsed.GetValue(reason), By = session.By }, stop));
    }

    private static async Task SendAsync(CommandSession session, string agent, string task, InboxAnswerBody answer, CancellationToken stop)
    {
        var result = await session.Api.PostAsync<InboxAnswerResult>($"api/inbox/{Uri.EscapeDataString(agent)}/{Uri.EscapeDataString(task)}/answer", answer, stop);
        await session.SettleAsync(agent, stop);
        session.Print(result, console => console.Say($"{task}: {(answer.Skip is null ? "answered" : "skipped")} by {session.By}."));
    }
}
