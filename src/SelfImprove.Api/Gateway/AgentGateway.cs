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
using Activity = System.Diagnostics.Activity;

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

    /// <summary>Tag of an interaction whose caller left before the stream's end; its value is <see cref="CallerLeft"/>.</summary>
    public const string StreamTag = "stream";

    /// <summary>What <see cref="StreamTag"/> says then. What was sent is no whole answer, so nothing learns from it.</summary>
    public const string CallerLeft = "caller-left";

    /// <summary>Answers a request.</summary>
    public async ValueTask<GatewayAnswer> AnswerAsync(GatewayRequest request, CancellationToken cancellationToken = default)
    {
        using var span = GatewayTelemetry.Begin(request);
        var (turn, refused) = await BeginAsync(request, span, cancellationToken);
        if (turn is null) return refused;
        var served = await ServeAsync(
            turn, static (model, question, token) => new ValueTask<ModelAnswer>(model.AnswerAsync(question, token)), cancellationToken);
        Record(turn, served, served.Answer);
        return AnswerOf(turn, served) with { Model = served.Answer };
    }

    /// <summary>
    /// Answers a request piece by piece. Until the first piece is here, failures are met as in <see cref="AnswerAsync"/>, by another version and with a status;
    /// after it the stream breaks off. Whoever gets it closes it.
    /// </summary>
    public async ValueTask<GatewayStream> StreamAsync(GatewayRequest request, CancellationToken cancellationToken = default)
    {
        var (turn, refused) = await BeginAsync(request, GatewayTelemetry.Begin(request), cancellationToken);
        if (turn is null) return new GatewayStream(refused);
        Served<OpenAnswer> served;
        try
        {
            served = await ServeAsync(turn, OpenAnswer.BeginAsync, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Record(turn, new Served<OpenAnswer>(null, null, null, turn.Version, turn.Version, turn.Stamp), null, left: true);
            throw;
        }
        if (served.Answer is not { } open)
        {
            Record(turn, served, null);
            return new GatewayStream(AnswerOf(turn, served));
        }
        var first = clock.GetElapsedTime(turn.Started);
        return new GatewayStream(AnswerOf(turn, served), open, stream =>
        {
            if (stream.Failure is { } failure)
            {
                logger.VersionFailed(turn.Request.Agent, served.By, failure.GetType().Name + ": " + failure.Message, "the stream broke off, the caller gets an error");
                Record(turn, served with { Error = ModelFailed }, stream.Taken, first);
            }
            else Record(turn, served, stream.Taken, first, left: !stream.IsComplete);
        });
    }

    private async ValueTask<(GatewayTurn? Turn, GatewayAnswer Refused)> BeginAsync(GatewayRequest request, Activity? span, CancellationToken cancellationToken)
    {
        var id = request.Id ?? $"chatcmpl-{Guid.NewGuid():n}";
        if (await manifests.GetAsync(request.Agent, cancellationToken) is not { } revision)
            return Refuse(request, span, new GatewayAnswer(GatewayOutcome.UnknownAgent, id));
        if (await routing.CurrentAsync(request.Agent, cancellationToken) is not { } table) return Refuse(request, span, new GatewayAnswer(GatewayOutcome.NoVersion, id));
        var route = Router.Route(table, request.Key ?? id);
        if (route.Version is not { } version)
            return Refuse(request, span, new GatewayAnswer(GatewayOutcome.Paused, id) { PausedUntil = route.PausedUntil, Time = clock.GetUtcNow() });
        var task = revision.Manifest.Task;
        var question = new ModelRequest(Instructed(request.Messages, task), request.Tools ?? (task.Output == TaskOutput.Tool ? task.Tools : null))
        {
            ToolChoice = request.ToolChoice,
            Format = request.Format,
            Temperature = request.Temperature,
            Seed = request.Seed,
            MaxOutputTokens = request.MaxOutputTokens,
        };
        return (new GatewayTurn(request, id, task, table, version, route.Stamp, question, clock.GetUtcNow(), clock.GetTimestamp()) { Span = span }, default);
    }

    private static (GatewayTurn? Turn, GatewayAnswer Refused) Refuse(GatewayRequest request, Activity? span, GatewayAnswer answer)
    {
        GatewayTelemetry.Refused(span, request.Agent, answer);
        return (null, answer);
    }

    /// <summary>Asks the version that the request was routed to, and, where that fails, those that may stand in for it.</summary>
    private async ValueTask<Served<T>> ServeAsync<T>(
        GatewayTurn turn, Func<IChatModel, ModelRequest, CancellationToken, ValueTask<T>> ask, CancellationToken cancellationToken) where T : class
    {
        var (agent, version, stamp, table) = (turn.Request.Agent, turn.Version, turn.Stamp, turn.Table);
        var (answer, failure) = await AskAsync(turn, version, ask, cancellationToken);
        if (failure is null) return new Served<T>(answer, null, null, version, version, stamp);
        string? error = ModelFailed;
        var served = version;
        // The version on trial may fail, its caller not: the one that serves answers. The record stays the challenger's, error and all, so that
        // the experiment counts it.
        if (stamp.Challenger)
        {
            logger.VersionFailed(agent, version, failure.GetType().Name + ": " + failure.Message, $"{table.Champion} answers instead");
            served = table.Champion;
            (answer, failure) = await AskAsync(turn, served, ask, cancellationToken);
            error = failure is null ? ChallengerFailed : ModelFailed;
        }
        // A model that can't be opened (its file is damaged, say) won't answer later either: the champion before it does. That is no part of an experiment.
        if (failure is UnusableModelException)
        {
            foreach (var earlier in table.PreviousChampions.Where(p => p != served))
            {
                var (other, wrong) = await AskAsync(turn, earlier, ask, cancellationToken);
                if (wrong is not null) continue;
                logger.VersionFailed(agent, served, failure.Message, $"{earlier} answers instead until it is repaired or rolled back");
                (answer, failure, error, served, version) = (other, null, null, earlier, earlier);
                stamp = stamp with { Experiment = null, Challenger = false, Probability = 1 };
                break;
            }
        }
        if (failure is not null) logger.VersionFailed(agent, served, failure.GetType().Name + ": " + failure.Message, "the caller gets an error");
        return new Served<T>(answer, failure, error, served, version, stamp);
    }

    private static GatewayAnswer AnswerOf<T>(GatewayTurn turn, Served<T> served) where T : class => new(served.Outcome, turn.Id)
    {
        Version = served.Failure is null ? served.By : null,
        Experiment = served.Stamp.Experiment,
        Time = turn.Time,
    };

    private async ValueTask<(T? Answer, Exception? Failure)> AskAsync<T>(
        GatewayTurn turn, string version, Func<IChatModel, ModelRequest, CancellationToken, ValueTask<T>> ask, CancellationToken cancellationToken) where T : class
    {
        try
        {
            var model = await OpenAsync(turn.Request.Agent, version, turn.Task, cancellationToken);
            return (await ask(model, turn.Question, cancellationToken), null);
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
            var version = await versions.GetAsync(agent, id,
                cancellationToken) ?? throw new InvalidOperationException($"{agent} has no version {id}, though its routing names it.");
            return await models.OpenAsync(version.Model, task, cancellationToken);
        }
        catch (Exception e) when (e is not (TransientException or OperationCanceledException))
        {
            throw new UnusableModelException($"The model of version {id} can't be opened. {e.Message}", e);
        }
    }

    private void Record<T>(GatewayTurn turn, in Served<T> served, ModelAnswer? answer, TimeSpan? first = null, bool left = false) where T : class
    {
        var request = turn.Request;
        var elapsed = clock.GetElapsedTime(turn.Started);
        GatewayTelemetry.Ended(turn, served, answer, elapsed, first, left);
        var kept = log.Post(request.Agent, new Interaction
        {
            Id = turn.Id,
            Agent = request.Agent,
            Time = turn.Time,
            Version = served.Version,
            Key = request.Key,
            Episode = request.Episode,
            Group = request.Group,
            Input = request.Messages,
            // What a model said before it broke off is no answer.
            Output = served.Error == ModelFailed ? null : answer?.Output,
            Error = served.Error,
            Confidence = answer?.Confidence,
            Tags = left ? new Dictionary<string, string>(request.Tags ?? new Dictionary<string, string>(), StringComparer.Ordinal) { [StreamTag] = CallerLeft } : request.Tags,
            LatencyMs = elapsed.TotalMilliseconds,
            FirstTokenMs = first?.TotalMilliseconds,
            InputTokens = answer is { InputTokens: > 0 } read ? read.InputTokens : null,
            OutputTokens = answer is { OutputTokens: > 0 } written ? written.OutputTokens : null,
            CostUsd = answer is { CostUsd: > 0 } paid ? paid.CostUsd : null,
            Routing = served.Stamp,
            Traceparent = turn.Span?.Id ?? request.Traceparent,
            Trainable = left ? false : request.Trainable,
        });
        if (!kept) logger.RecordDropped(request.Agent, turn.Id);
    }

    private static IReadOnlyList<ChatMessage> Instructed(IReadOnlyList<ChatMessage> messages, TaskSettings task) =>
        task.Instructions is { Length: > 0 } instructions ? [ChatMessage.System(instructions), .. messages] : messages;
}
