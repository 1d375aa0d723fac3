using System.Net;
using System.Text;
using SelfImprove.Api.Hosting;
using SelfImprove.Api.Security;

namespace SelfImprove.Api.Tests.Security;

/// <summary>
/// What each route answers to each kind of caller on a host with keys and one agent, <c>desk</c>, that has no versions: read by the tests of both hosts (this file is
/// linked into the Functions host's), so that roles mean the same on both.
/// </summary>
public static class RouteRoleTable
{
    public const string Agent = "desk";

    /// <summary>A key that no host knows.</summary>
    public const string WrongKey = "si_0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>The roles that may call, and the status of a request by one of them with the body <c>{}</c>.</summary>
    private static readonly Dictionary<string, (ApiRoles Roles, int LetIn)> Rows = new()
    {
        ["Health"] = (ApiRoles.None, 200),
        ["ChatCompletions"] = (ApiRoles.Ingest, 400),
        ["Models"] = (ApiRoles.All, 200),
        ["GetModel"] = (ApiRoles.All, 200),
        ["PostInteractions"] = (ApiRoles.Ingest, 400),
        ["PostFeedback"] = (ApiRoles.Ingest, 400),
        ["PostEvents"] = (ApiRoles.Ingest, 400),
        ["ListAgents"] = (ApiRoles.Operate | ApiRoles.Approve, 200),
        ["GetAgent"] = (ApiRoles.Operate | ApiRoles.Approve, 200),
        ["PutAgent"] = (ApiRoles.Operate, 400),
        ["GetSignals"] = (ApiRoles.Operate | ApiRoles.Approve, 200),
        ["GetRouting"] = (ApiRoles.Operate | ApiRoles.Approve, 404),
        ["ListDecisions"] = (ApiRoles.Operate | ApiRoles.Approve, 200),
        ["GetLedger"] = (ApiRoles.Operate | ApiRoles.Approve, 200),
        ["ListVersions"] = (ApiRoles.Operate | ApiRoles.Approve, 200),
        ["AddVersion"] = (ApiRoles.Operate, 400),
        ["RollBack"] = (ApiRoles.Operate, 409),
        ["ListGoldenSets"] = (ApiRoles.Operate | ApiRoles.Approve, 200),
        ["PinGoldenSet"] = (ApiRoles.Operate, 400),
        ["RequestImprovement"] = (ApiRoles.Ingest | ApiRoles.Operate, 202),
        ["ListImprovements"] = (ApiRoles.Operate | ApiRoles.Approve, 200),
        ["GetRequest"] = (ApiRoles.Operate | ApiRoles.Approve, 404),
        ["GetImprovement"] = (ApiRoles.Operate | ApiRoles.Approve, 404),
        ["Approve"] = (ApiRoles.Approve, 400),
        ["Cancel"] = (ApiRoles.Operate, 404),
        ["ListAudit"] = (ApiRoles.Operate | ApiRoles.Approve, 200),
        ["VerifyAudit"] = (ApiRoles.Operate | ApiRoles.Approve, 200),
        ["ListInbox"] = (ApiRoles.Operate | ApiRoles.Approve, 200),
        ["AnswerInboxMany"] = (ApiRoles.Operate | ApiRoles.Approve, 400),
        ["AnswerInbox"] = (ApiRoles.Operate | ApiRoles.Approve, 400),
    };

    /// <summary>All routes there are; a new one needs its row here.</summary>
    public static IEnumerable<string> Names => ApiRoutes.All.Select(r => r.Name);

    /// <summary>Callers: without a key, with a role's key, with a key that is not known.</summary>
    public static IReadOnlyList<string> Callers { get; } = ["nobody", "ingest", "operate", "approve", "stranger"];

    /// <summary>The status that a caller gets.</summary>
    public static HttpStatusCode Expected(string route, string caller)
    {
        if (!Rows.TryGetValue(route, out var row)) throw new InvalidOperationException($"{route} has no row in {nameof(RouteRoleTable)}.");
        if (row.Roles == ApiRoles.None) return (HttpStatusCode)row.LetIn;
        if (caller is "nobody" or "stranger") return HttpStatusCode.Unauthorized;
        return (row.Roles & Enum.Parse<ApiRoles>(caller, ignoreCase: true)) != 0 ? (HttpStatusCode)row.LetIn : HttpStatusCode.Forbidden;
    }

    /// <summary>The value of the Authorization header; null for none.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="keys">The keys of the roles.</param>
    public static string? Authorization(string caller, IReadOnlyDictionary<ApiRoles, string> keys) => caller switch
    {
        "nobody" => null,
        "stranger" => "Bearer " + WrongKey,
        _ => "Bearer " + keys[Enum.Parse<ApiRoles>(caller, ignoreCase: true)],
    };

    /// <summary>Names in the route's address.</summary>
    public static IReadOnlyDictionary<string, string> Values { get; } =
        new Dictionary<string, string> { ["agent"] = Agent, ["run"] = "desk-0001", ["task"] = "t", ["model"] = Agent, ["request"] = "r" };

    /// <summary>The address of a request.</summary>
    public static string Address(ApiRoute route) => Values.Aggregate(route.Pattern, (path, value) => path.Replace($"{{{value.Key}}}", value.Value, StringComparison.Ordinal));

    /// <summary>The body of a request; null for none.</summary>
    public static byte[]? Body(ApiRoute route) => route.Method == "GET" ? null : Encoding.UTF8.GetBytes("{}");
}
