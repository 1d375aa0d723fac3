using System.CommandLine;
using System.Text.Json;
using SelfImprove.Agents.Manifests.Reading;
using SelfImprove.Api.Agents;
using SelfImprove.Orchestration;
using Spectre.Console;

namespace SelfImprove.Local.Commands;

/// <summary><c>selfimprove agents</c>.</summary>
internal static class AgentsCommand
{
    public static Command Create() => new("agents", """
        Lists agents, registers them by their manifests, and shows them.

        Examples:
          selfimprove agents list
          selfimprove agents put router.yaml
          selfimprove agents show router --json
        """)
    { List(), Put(), Show() };

    private static Command List() => new Command("list", "Lists the agents.").Does(async (session, stop) =>
    {
        var list = await session.Api.GetAsync<AgentList>("api/agents", stop);
        session.Print(list, console =>
        {
            if (list.Agents.Count == 0) console.Say("There are no agents yet: selfimprove agents put manifest.yaml");
            var table = CommandActions.Table("agent", "revision", "mode", "champion", "run", "description");
            foreach (var a in list.Agents) table.Row(a.Agent, $"{a.Revision}", a.Mode.ToString().ToLowerInvariant(), a.Champion ?? "none", a.Run, a.Description);
            if (list.Agents.Count > 0) console.Write(table);
        });
    });

    private static Command Put()
    {
        var file = CommandActions.Named("file", "The manifest, YAML or JSON. It names the agent.");
        return new Command("put", """
            Puts an agent's manifest: registers a new agent, or gives one a new revision. All mistakes are told at once, and then nothing is changed.

            Example:
              selfimprove agents put router.yaml
            """)
        { file }.Does(async (session, stop) =>
        {
            var path = session.Parsed.GetValue(file)!;
            var text = await ReadAsync(path, stop);
            var reading = ManifestReader.Parse(text, path);
            if (!reading.IsValid)
                throw new CommandException($"{path} has {reading.Mistakes.Count} mistake(s); nothing was changed.{string.Concat(reading.Mistakes.Select(m => $"\n  {m}"))}");
            var isJson = System.IO.Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase) || text.AsSpan().TrimStart() is ['{', ..];
            var put = await session.Api.PutAsync<ManifestPutView>($"api/agents/{reading.Manifest.Agent}", text, isJson ? "application/json" : "application/yaml", stop);
            session.Print(put, console =>
            {
                console.Say($"Agent {put.Agent} has manifest revision {put.Revision}.");
                foreach (var warning in put.Warnings) console.Say($"  doubtful: {warning}");
            });
        }, mayCreate: true);
    }

    private static Command Show()
    {
        var agent = CommandActions.Named("agent", "The agent.");
        return new Command("show", "Shows an agent's manifest, and who serves.") { agent }.Does(async (session, stop) =>
        {
            var view = await session.Api.GetAsync<AgentView>($"api/agents/{Uri.EscapeDataString(session.Parsed.GetValue(agent)!)}", stop);
            session.Print(view, console =>
            {
                console.Say($"{view.Agent}, manifest revision {view.Revision} of {view.CreatedAt:u}; {(view.Routing is { } r ? $"{r.Champion} serves" : "no version yet")}{(view.Run is { } run ? $"; run {run} is under way" : "")}.");
                console.Say(JsonSerializer.Serialize(view.Manifest, SeamJson.Indented));
            });
        });
    }

    private static async Task<string> ReadAsync(string path, CancellationToken stop)
    {
        try
        {
            return await File.ReadAllTextAsync(path, stop);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} can't be read: {wrong.Message}");
        }
    }
}
