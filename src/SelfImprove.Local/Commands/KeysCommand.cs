using System.CommandLine;
using System.Text.Json;
using SelfImprove.Api.Security;
using SelfImprove.Local.Hosting;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Local.Commands;

/// <summary><c>selfimprove keys</c>: works on the folder's file itself, whether or not a host runs; a running one sees a change within a second.</summary>
internal static class KeysCommand
{
    public static Command Create() => new("keys", """
        API keys with roles: ingest (gateway, interactions, feedback), operate (everything but approvals), approve (answer gates). As soon as there is
        one, every request needs one. Only hashes are kept: a key is shown once, when it is made.

        Examples:
          selfimprove keys add app --role ingest
          selfimprove keys add ada --role operate --role approve
          selfimprove keys list
          selfimprove keys remove app
        """)
    { Add(), List(), Remove() };

    private static Command Add()
    {
        var name = CommandActions.Named("name", "Whose key it is: a-z, 0-9 and '-'.");
        var roles = new Option<ApiRoles[]>("--role") { Description = "What it allows: ingest, operate or approve; may be repeated.", HelpName = "role", Required = true, CustomParser = Roles };
        return Keyed(new Command("add", "Makes a key and shows it, this once.") { name, roles }, (keys, parsed) =>
        {
            var key = keys.Add(parsed.GetValue(name)!, parsed.GetValue(roles)!.Aggregate(ApiRoles.None, (a, b) => a | b));
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(SharedOptions.Json)) output.WriteLine(JsonSerializer.Serialize(new { name = parsed.GetValue(name), key }, SeamJson.Indented));
            else output.WriteLine($"{key}\nKeep it now: it is not shown again. Send it as 'Authorization: Bearer <key>'.");
        });
    }

    private static Command List() => Keyed(new Command("list", "Lists the keys; never the keys themselves."), (keys, parsed) =>
    {
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(SharedOptions.Json)) output.WriteLine(JsonSerializer.Serialize(keys.Keys.Select(k => new { k.Name, k.Roles, k.CreatedAt }), SeamJson.Indented));
        else if (!keys.Any) output.WriteLine("There are no keys: a host listens on this machine only, and asks for none.");
        else foreach (var key in keys.Keys) output.WriteLine($"{key.Name}  {string.Join(',', key.Roles).ToLowerInvariant()}  {key.CreatedAt:u}");
    });

    private static Command Remove()
    {
        var name = CommandActions.Named("name", "Whose key to remove.");
        return Keyed(new Command("remove", "Removes a key; a running host refuses it within a second.") { name }, (keys, parsed) =>
        {
            if (!keys.Remove(parsed.GetValue(name)!)) throw new CommandException($"There is no key '{parsed.GetValue(name)}'.");
            parsed.InvocationConfiguration.Output.WriteLine($"The key '{parsed.GetValue(name)}' is removed.");
        });
    }

    private static Command Keyed(Command command, Action<ApiKeyFile, ParseResult> action)
    {
        command.SetAction(parsed =>
        {
            var folder = new HostFolder(parsed.GetValue(SharedOptions.Folder)!);
            try
            {
                folder.Create();
                action(new ApiKeyFile(folder.Keys, TimeProvider.System), parsed);
                return ExitCodes.Done;
            }
            catch (Exception wrong) when (wrong is ArgumentException or StorageException or HostStartException or IOException or UnauthorizedAccessException)
            {
                throw new CommandException(wrong.Message.Split(" (Parameter", 2)[0], wrong is ArgumentException ? ExitCodes.WrongUsage : ExitCodes.Failure);
            }
        });
        return command;
    }

    private static ApiRoles[] Roles(System.CommandLine.Parsing.ArgumentResult result)
    {
        var roles = new List<ApiRoles>();
        foreach (var token in result.Tokens)
        {
            ApiRoles? role = token.Value.ToLowerInvariant() switch { "ingest" => ApiRoles.Ingest, "operate" => ApiRoles.Operate, "approve" => ApiRoles.Approve, _ => null };
            if (role is { } known) roles.Add(known);
            else result.AddError($"'{token.Value}' is no role: expected ingest, operate or approve.");
        }
        return [.. roles];
    }
}
