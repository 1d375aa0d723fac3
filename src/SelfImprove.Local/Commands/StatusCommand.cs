using System.CommandLine;
using System.Globalization;
using SelfImprove.Agents.Routing;
using SelfImprove.Api.Agents;
using SelfImprove.Api.Improvements;
using SelfImprove.Api.Inbox;
using SelfImprove.Monitoring.Signals;

namespace SelfImprove.Local.Commands;

/// <summary><c>selfimprove status</c>.</summary>
internal static class StatusCommand
{
    private const int RewardsShown = 200;

    public static Command Create()
    {
        var agent = new Argument<string?>("agent") { Description = "One agent with its runs; all agents without it.", HelpName = "AGENT", DefaultValueFactory = _ => null };
        return new Command("status", """
            Shows what the agents are doing: who serves, how well it goes, which run is at what stage, what waits for a person.

            Examples:
              selfimprove status
              selfimprove status office --json
            """)
        { agent }.Does((session, stop) => ShowAsync(session, session.Parsed.GetValue(agent), stop));
    }

    private static async Task ShowAsync(CommandSession session, string? only, CancellationToken stop)
    {
        var all = (await session.Api.GetAsync<AgentList>("api/agents", stop)).Agents;
        if (only is not null && all.All(a => a.Agent != only))
            throw new CommandException($"There is no agent '{only}'. There {(all.Count == 0 ? "is none yet" : "are: " + string.Join(", ", all.Select(a => a.Agent)))}.");
        var agents = new List<AgentStatus>();
        foreach (var agent in all.Where(a => only is null || a.Agent == only))
        {
            var signals = await session.Api.GetAsync<AgentSignals>($"api/agents/{agent.Agent}/signals?recent=true", stop);
            var rewards = agent.Champion is { } champion && signals.Versions.TryGetValue(champion, out var version)
                ? version.Recent.TakeLast(RewardsShown).Select(r => r.Reward).ToList()
                : [];
            var run = agent.Run is { } active ? await session.Api.GetAsync<RunView>($"api/improvements/{active}", stop) : null;
            var inbox = await session.Api.GetAsync<InboxList>($"api/inbox?agent={agent.Agent}&state=open&limit=10000", stop);
            var runs = only is null ? [] : (await session.Api.GetAsync<RunList>($"api/agents/{agent.Agent}/improvements", stop)).Runs;
            agents.Add(new AgentStatus(agent, signals.Interactions, signals.Judged, rewards.Count == 0 ? null : rewards.Average(), run, inbox.Tasks.Count, runs));
        }
        session.Print(new StatusReport(session.Url, agents), console =>
        {
            console.Say(session.Url is { } url ? $"A host serves this folder on {url}." : "No host serves this folder now.");
            if (agents.Count == 0) console.Say("There are no agents yet: selfimprove agents put manifest.yaml");
            var table = CommandActions.Table("agent", "champion", "challenger", "mode", "requests", "judged", $"reward (last {RewardsShown})", "run", "stage",
                "inbox");
            foreach (var a in agents)
            {
                table.Row(
                    a.Agent.Agent, a.Agent.Champion ?? "none",
                    a.Agent.Challenger is not { } c ? ""
                        : a.Agent.Stage == RolloutStage.Shadow ? $"{c} (shadow)"
                        : string.Create(CultureInfo.InvariantCulture, $"{c} ({a.Agent.Share:0%})"),
                    a.Agent.Mode.ToString().ToLowerInvariant(), a.Requests.ToString("N0", CultureInfo.InvariantCulture),
                    a.Judged.ToString("N0", CultureInfo.InvariantCulture),
                    a.RecentReward?.ToString("0.000", CultureInfo.InvariantCulture), a.Run?.Run, a.Run?.Stage, a.OpenTasks == 0 ? "" : $"{a.OpenTasks} open");
            }
            if (agents.Count > 0) console.Write(table);
            foreach (var ask in agents.SelectMany(a => a.Run?.Approvals ?? []))
                console.Say($"{ask.Run.Run} asks ({ask.Gate}, until {ask.Due:u}): {ask.Question}\n  selfimprove approve {ask.Run.Run}   or   selfimprove reject {ask.Run.Run} --reason ...");
            foreach (var run in agents.SelectMany(a => a.Runs))
                console.Say($"{run.Run}: {(run.Outcome is { } o ? $"{o.Ending.ToString().ToLowerInvariant()}. {o.Reason}" : run.Status.ToString().ToLowerInvariant())} (by {run.Cause?.By})");
        });
    }
}

/// <summary>What <c>status --json</c> prints.</summary>
/// <param name="Url">Where a host serves the folder; null where none does.</param>
/// <param name="Agents">The agents.</param>
internal sealed record StatusReport(string? Url, IReadOnlyList<AgentStatus> Agents);

/// <summary>An agent's status.</summary>
internal sealed record AgentStatus(
    AgentSummary Agent, long Requests, long Judged, double? RecentReward, RunView? Run, int OpenTasks, IReadOnlyList<RunSummary> Runs);
