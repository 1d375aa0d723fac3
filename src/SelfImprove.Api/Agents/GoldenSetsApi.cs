using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using SelfImprove.Agents.Manifests;
using SelfImprove.Api.Bodies;
using SelfImprove.Api.Problems;
using SelfImprove.Api.Security;
using SelfImprove.Evaluation.ValidationSets;
using SelfImprove.Models;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Api.Agents;

/// <summary>Golden sets: list them, pin one.</summary>
public static class GoldenSetsApi
{
    /// <summary><c>GET /api/agents/{agent}/golden</c>.</summary>
    public static async Task<Results<Ok<GoldenSetList>, ApiProblem>> ListAsync(
        ManifestStore manifests, GoldenSets golden, string agent, CancellationToken cancellationToken)
    {
        if (await manifests.GetAsync(agent, cancellationToken) is not { } revision) return ApiProblems.UnknownAgent(agent);
        var sets = await golden.ListAsync(agent, cancellationToken);
        return TypedResults.Ok(new GoldenSetList([.. sets.Select(s => new GoldenSetView(s.Set, s.Items, s.Set == revision.Manifest.Evaluation.GoldenSet))]));
    }

    /// <summary><c>POST /api/agents/{agent}/golden</c>: pins a set, which never changes.</summary>
    public static async Task<Results<Ok<GoldenSetView>, ApiProblem>> PinAsync(
        HttpContext http, ManifestStore manifests, GoldenSets golden, string agent, CancellationToken cancellationToken)
    {
        if (await manifests.GetAsync(agent, cancellationToken) is not { Manifest: var manifest }) return ApiProblems.UnknownAgent(agent);
        var (body, problem) = await JsonBody.ReadAsync<GoldenSetBody>(http);
        if (body is null) return problem!;
        if (body.Set is not { Length: > 0 } set || body.Rows is null == body.Items is null)
            return ApiProblems.Malformed("The body needs set (a name), and one of both: rows (labelled texts), or items (id, input, output each).");
        var items = body.Items ?? [.. body.Rows!.Select((row, i) => row is { Text: { } text, Label: { } label }
            ? new ValidationItem($"{set}-{i + 1}", [ChatMessage.User(text)], BuiltinModel.OutputOf(label, manifest.Task.Output))
            : new ValidationItem($"{set}-{i + 1}", []))];
        var mistakes = await golden.PinAsync(manifest, set, items, $"person:{ApiCaller.Of(http).Person(body.By)}", cancellationToken);
        return mistakes is null ? TypedResults.Ok(new GoldenSetView(set, items.Count, set == manifest.Evaluation.GoldenSet)) : ApiProblems.Invalid(string.Join(" ", mistakes), "items");
    }
}
