using Microsoft.Extensions.Logging;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.Api.Hosting;
using SelfImprove.Deployment.Serving;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Log;
using SelfImprove.Orchestration;

namespace SelfImprove.Api.Gateway;

/// <summary>
/// Serves agents: routes a request to a version, asks it, and records the interaction. Everything it needs is in memory; no request waits for the store.
/// The record is flushed within 100 ms and when the log is drained: an answer is no acknowledgement.
/// </summary>
/// <param name="manifests">Tell agents and what they do.</param>
/// <param name="routing">Tells who serves.</param>
/// <param name="versions">Tell the model behind a version.</param>
/// <param name="models">Open models.</param>
/// <param name="log">Gets the record.</param>
/// <param name="clock">Dates requests and measures latency.</param>
/// <param name="logger">Gets what failed.</param>
public sealed class AgentGateway(
    ManifestStore manifests, RoutingStore routing, VersionStore versions, ModelCatalog models, EventLog log, TimeProvider clock, ILogger<AgentGateway> logger)
{
    /// <summary>The code of an interaction's record whose version did not answer while the champion did.</summary>
    public const string ChallengerFailed = "challenger-failed";

    /// <summary>The code of an interaction's record that no version answered.</summary>
    public const string ModelFailed = "model-failed";

    /// <summary>Answers a request.</summary>
    public async ValueTask<GatewayAnswer> AnswerAsync(GatewayRequest request, CancellationToken cancellationToken = default)
    {
        var id = request.Id ?? $"chatcmpl-{Guid.NewGuid():n}";
        if (await manifests.GetAsync(request.Agent, cancellationToken) is not { } revision) return new GatewayAnswer(GatewayOutcome.UnknownAgent, id);
        if (await routing.CurrentAsync(request.Agent, cancellationToken) is not { } table) return new GatewayAnswer(GatewayOutcome.NoVersion, id);
        var route = Router.Route(table, request.Key ?? id);
        if (route.Version is not { } version) return new GatewayAnswer(GatewayOutcome.Paused, id) { PausedUntil = route.PausedUntil, Time = clock.GetUtcNow() };

        var task = revision.Manifest.Task;
        var question = new ModelRequest(Instructed(request.Messages, task), request.Tools ?? (task.Output == TaskOutput.Tool ? task.Tools : null));
        var (time, started) = (clock.GetUtcNow(), clock.GetTimestamp());
        var (answer, failure) = await AskAsync(request.Agent, version, task, question, cancellationToken);
        string? error = null;
        var (served, stamp) = (version, route.Stamp);
        if (failure is not null)
        {
            error = ModelFailed;
            // The version on trial may fail, its caller not: the one that serves answers. The record stays the challenger's, error and all, so that the experiment counts it.
            if (route.Stamp.Challenger)
            {
                logger.VersionFailed(request.Agent, version, failure.GetType().Name + ": " + failure.Message, $"{table.Champion} answers instead");
                served = table.Champion;
                (answer, failure) = await AskAsync(request.Agent, served, task, question, cancellationToken);
                error = failure is null ? ChallengerFailed : ModelFailed;
            }
            // A model that can't be opened (its file is damaged, say) won't answer later either: the champion before it does. That is no part of an experiment.
            if (failure is UnusableModelException)
            {
                foreach (var earlier in table.PreviousChampions.Where(p => p != served))
                {
                    var (other, wrong) = await AskAsync(request.Agent, earlier, task, question, cancellationToken);
                    if (wrong is not null) continue;
                    logger.VersionFailed(request.Agent, served, failure.Message, $"{earlier} answers instead until it is repaired or rolled back");
                    (answer, failure, error, served, version) = (other, null, null, earlier, earlier);
                    stamp = stamp with { Experiment = null, Challenger = false, Probability = 1 };
                    break;
                }
            }
            if (failure is not null) logger.VersionFailed(request.Agent, served, failure.GetType().Name + ": " + failure.Message, "the caller gets an error");
        }
        Record(request, id, time, version, stamp, answer, error, clock.GetElapsedTime(started));
        var outcome = failure switch { null => GatewayOutcome.Answered, TransientException or UnusableModelException => GatewayOutcome.Unavailable, _ => GatewayOutcome.Failed };
        return new GatewayAnswer(outcome, id) { Version = failure is null ? served : null, Experiment = stamp.Experiment, Model = answer, Time = time };
    }

    private async ValueTask<(ModelAnswer? Answer, Exception? Failure)> AskAsync(string agent, string id, TaskSettings task, ModelRequest question, CancellationToken cancellationToken)
    {
        try
        {
            var model = await OpenAsync(agent, id, task, cancellationToken);
            return (await model.AnswerAsync(question, cancellationToken), null);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return (null, e);
        }
    }

    private async ValueTask<IChatModel> OpenAsync(string agent, string id, TaskSettings task, CancellationToken cancellationToken)
    {
        try
        {
            var version = await versions.GetAsync(agent, id, cancellationToken) ?? throw new InvalidOperationException($"{agent} has no version {id}, though its routing names it.");
            return await models.OpenAsync(version.Model, task, cancellationToken);
        }
        catch (Exception e) when (e is not (TransientException or OperationCanceledException))
        {
            throw new UnusableModelException($"The model of version {id} can't be opened. {e.Message}", e);
        }
    }

    private void Record(
        GatewayRequest request, string id, DateTimeOffset time, string version, RoutingStamp stamp, ModelAnswer? answer, string? error, TimeSpan latency)
    {
        var kept = log.Post(request.Agent, new Interaction
        {
            Id = id,
            Agent = request.Agent,
            Time = time,
            Version = version,
            Key = request.Key,
            Episode = request.Episode,
            Group = request.Group,
            Input = request.Messages,
            Output = answer?.Output,
            Error = error,
            Confidence = answer?.Confidence,
            Tags = request.Tags,
            LatencyMs = latency.TotalMilliseconds,
            InputTokens = answer is { InputTokens: > 0 } read ? read.InputTokens : null,
            OutputTokens = answer is { OutputTokens: > 0 } written ? written.OutputTokens : null,
            CostUsd = answer is { CostUsd: > 0 } paid ? paid.CostUsd : null,
            Routing = stamp,
            Trainable = request.Trainable,
        });
        if (!kept) logger.RecordDropped(request.Agent, id);
    }

    private static IReadOnlyList<ChatMessage> Instructed(IReadOnlyList<ChatMessage> messages, TaskSettings task) =>
        task.Instructions is { Length: > 0 } instructions ? [ChatMessage.System(instructions), .. messages] : messages;
}
