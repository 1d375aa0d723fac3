using System.CommandLine;
using SelfImprove.Agents.Versions;
using SelfImprove.Api.Agents;
using SelfImprove.Local.Demo;
using Spectre.Console;

namespace SelfImprove.Local.Commands;

/// <summary><c>selfimprove versions</c>.</summary>
internal static class VersionsCommand
{
    public static Command Create() => new("versions", """
        Lists an agent's versions, and adds one: trained on labelled text, or a model that is there already.

        Examples:
          selfimprove versions list router
          selfimprove versions add router --data labelled.csv
          selfimprove versions add support --model openai:main/student
        """)
    { List(), Add() };

    private static Command List()
    {
        var agent = CommandActions.Named("agent", "The agent.");
        return new Command("list", "Lists an agent's versions.") { agent }.Does(async (session, stop) =>
        {
            var list = await session.Api.GetAsync<VersionList>($"api/agents/{Uri.EscapeDataString(session.Parsed.GetValue(agent)!)}/versions", stop);
            session.Print(list, console =>
            {
                var table = CommandActions.Table("version", "serves", "parent", "run", "made", "model", "dataset");
                foreach (var v in list.Versions) table.Row(v.Id, v.Id == list.Champion ? "yes" : "", v.Parent, v.Run, $"{v.CreatedAt:u}", v.Model, v.Dataset);
                console.Write(table);
            });
        });
    }

    private static Command Add()
    {
        var agent = CommandActions.Named("agent", "The agent; its manifest is there already.");
        var data = new Option<string>("--data") { Description = "Labelled text: CSV with a header, first two columns text,label. Labels are the manifest's labels, or its tools' names.", HelpName = "file" };
        var model = new Option<string>("--model") { Description = "A model that is there already, as the host's configuration names it: openai:main/student.", HelpName = "reference" };
        var add = new Command("add", """
            Trains a built-in student on labelled text and registers it with its dataset, or registers a model that is there already. An agent's first version
            serves at once; a later one waits until 'selfimprove rollback AGENT --to VERSION' makes it serve.

            Examples:
              selfimprove versions add router --data labelled.csv
              selfimprove versions add support --model openai:main/student
            """)
        { agent, data, model };
        add.Validators.Add(typed =>
        {
            if (typed.GetResult(data) is null == typed.GetResult(model) is null)
                typed.AddError("Give one of both: --data labelled.csv, or --model openai:main/student.");
        });
        return add.Does(async (session, stop) =>
        {
            var name = session.Parsed.GetValue(agent)!;
            var (file, reference) = (session.Parsed.GetValue(data), session.Parsed.GetValue(model));
            object body = file is null ? new { model = reference, by = session.By } : new { rows = Read(file), by = session.By };
            var version = await session.Api.PostAsync<AgentVersion>($"api/agents/{Uri.EscapeDataString(name)}/versions", body, stop);
            session.Print(version, console => console.Say($"{name} has version {version.Id}, {(file is null ? $"which is {version.Model}" : $"trained on {version.Dataset}")}."));
        });
    }

    private static IReadOnlyList<LabelledText> Read(string path)
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
}
