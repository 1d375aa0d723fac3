using System.CommandLine;
using System.Text.Json;
using SelfImprove.Api.Agents;
using SelfImprove.Evaluation.ValidationSets;
using SelfImprove.Local.Demo;
using SelfImprove.Orchestration;
using Spectre.Console;

namespace SelfImprove.Local.Commands;

/// <summary><c>selfimprove golden</c>.</summary>
internal static class GoldenCommand
{
    public static Command Create() => new("golden", """
        Golden sets: items on which no candidate may be worse, and which nothing is ever trained on. The manifest's evaluation.goldenSet names the one that counts.

        Examples:
          selfimprove golden list router
          selfimprove golden pin router must-hold --data must-hold.csv
          selfimprove golden pin clerk must-hold --data must-hold.jsonl
        """)
    { List(), Pin() };

    private static Command List()
    {
        var agent = CommandActions.Named("agent", "The agent.");
        return new Command("list", "Lists an agent's golden sets.") { agent }.Does(async (session, stop) =>
        {
            var list = await session.Api.GetAsync<GoldenSetList>($"api/agents/{Uri.EscapeDataString(session.Parsed.GetValue(agent)!)}/golden", stop);
            session.Print(list, console =>
            {
                if (list.Sets.Count == 0) console.Say("There is no golden set.");
                var table = CommandActions.Table("set", "items", "used");
                foreach (var set in list.Sets) table.Row(set.Set, $"{set.Items}", set.Used ? "yes" : "");
                if (list.Sets.Count > 0) console.Write(table);
            });
        });
    }

    private static Command Pin()
    {
        var (agent, set) = (CommandActions.Named("agent", "The agent; its manifest is there already."), CommandActions.Named("set", "The set's name: a-z, 0-9 and '-'."));
        var data = new Option<string>("--data")
        {
            Description = "CSV with a header, first two columns text,label; or .jsonl, an item a line: {\"id\":..,\"input\":[messages],\"output\":{..}}.", HelpName = "file", Required = true,
        };
        return new Command("pin", "Pins a set. It never changes: an edited one gets another name.") { agent, set, data }.Does(async (session, stop) =>
        {
            var (name, file) = (session.Parsed.GetValue(set)!, session.Parsed.GetValue(data)!);
            object body = file.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase)
                ? new { set = name, items = ReadItems(file), by = session.By }
                : new { set = name, rows = ReadRows(file), by = session.By };
            var pinned = await session.Api.PostAsync<GoldenSetView>($"api/agents/{Uri.EscapeDataString(session.Parsed.GetValue(agent)!)}/golden", body, stop);
            session.Print(pinned, console => console.Say(pinned.Used
                ? $"{pinned.Set} is pinned with {pinned.Items} items; no candidate may be worse on them."
                : $"{pinned.Set} is pinned with {pinned.Items} items. It counts once the manifest says evaluation.goldenSet: {pinned.Set}."));
        });
    }

    private static IReadOnlyList<LabelledText> ReadRows(string path)
    {
        try
        {
            return LabelledCsv.Read(path);
        }
        catch (DemoDataException wrong)
        {
            throw new CommandException(wrong.Message);
        }
    }

    private static List<ValidationItem> ReadItems(string path)
    {
        if (!File.Exists(path)) throw new CommandException($"There is no file {path}.");
        var items = new List<ValidationItem>();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            try
            {
                items.Add(JsonSerializer.Deserialize<ValidationItem>(line, SeamJson.Options)!);
            }
            catch (JsonException wrong)
            {
                throw new CommandException($"{path}, line {number}: expected an item with id, input and output: {wrong.Message}");
            }
        }
        return items;
    }
}
