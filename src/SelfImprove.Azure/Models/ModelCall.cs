using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using SelfImprove.Azure.Secrets;
using SelfImprove.Models;
using SelfImprove.Orchestration;

namespace SelfImprove.Azure.Models;

/// <summary>
/// Asks one model of an endpoint, as often as it takes and is allowed. A busy or unreachable endpoint is asked again after the time it names, or after
/// growing, spread delays; a question that may have been answered and charged for already is repeated once only. Everything happens within the deadline:
/// where the endpoint names a time beyond it, nobody waits in vain.
/// </summary>
internal sealed class ModelCall
{
    private const int BrokenRepeats = 1;
    private static readonly ResiliencePropertyKey<Call> Key = new("call");
    private readonly ModelEndpointSettings _endpoint;
    private readonly string _model;
    private readonly AdaptiveGate _gate;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline _retries;

    public ModelCall(ModelEndpointSettings endpoint, string model, AdaptiveGate gate, SecretBook secrets, TimeProvider clock, Func<double> random, ILogger logger)
    {
        (_endpoint, _model, _gate, _clock, _logger) = (endpoint, model, gate, clock, logger);
        Failures = new FailureReader(endpoint, model, secrets, clock);
        var builder = new ResiliencePipelineBuilder { TimeProvider = clock };
        if (endpoint.Limits.Attempts > 1)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = endpoint.Limits.Attempts - 1,
                Delay = TimeSpan.FromSeconds(1),
                MaxDelay = TimeSpan.FromSeconds(30),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Randomizer = random,
                ShouldHandle = args => ValueTask.FromResult(ShouldRepeat(args.Outcome.Exception as EndpointFailure, args.Context)),
                DelayGenerator = args => ValueTask.FromResult((args.Outcome.Exception as EndpointFailure)?.RetryAfter),
                OnRetry = args =>
                {
                    _logger.AttemptFailed(_endpoint.Name, _model, args.AttemptNumber + 1, args.Outcome.Exception!.Message, args.RetryDelay);
                    return ValueTask.CompletedTask;
                },
            });
        }
        _retries = builder.Build();
    }

    public FailureReader Failures { get; }

    public EndpointLimits Limits => _endpoint.Limits;

    /// <summary>Asks. Throws <see cref="EndpointFailure"/> of a kind that is an answer, or the exception that the port promises.</summary>
    /// <param name="ask">One attempt. It owns the place it is given, unless it throws.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<T> RunAsync<T>(Func<Attempt, Task<T>> ask, CancellationToken cancellationToken)
    {
        var call = new Call(_clock);
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Key, call);
        try
        {
            return await _retries.ExecuteAsync(async c => await AttemptAsync(call, ask, c.CancellationToken), context);
        }
        catch (EndpointFailure failure)
        {
            throw Final(failure, call);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>What a caller is told.</summary>
    public Exception Final(EndpointFailure failure, Call? call = null) => failure.Kind switch
    {
        FailureKind.Refused => failure,
        FailureKind.BadQuestion => new ArgumentException(failure.Message),
        FailureKind.Unusable => new UnusableModelException(failure.Message),
        _ when call is null => new TransientException(failure.Message),
        _ => new TransientException($"{failure.Message} Given up after {Times(call.Attempts)} in {call.Elapsed.TotalSeconds:0.#} s.{Advice(failure)}"),
    };

    private async Task<T> AttemptAsync<T>(Call call, Func<Attempt, Task<T>> ask, CancellationToken cancellationToken)
    {
        var place = await EnterAsync(call, cancellationToken);
        var left = Limits.Timeout - call.Elapsed;
        var span = left < Limits.AttemptTimeout ? left : Limits.AttemptTimeout;
        var attempt = new Attempt(place, new CancellationTokenSource(span > TimeSpan.Zero ? span : TimeSpan.Zero, _clock), cancellationToken);
        call.Attempts++;
        try
        {
            return await ask(attempt);
        }
        catch (Exception e)
        {
            var failure = Failures.Read(e, attempt.TimedOut && !cancellationToken.IsCancellationRequested, span);
            if (failure?.Kind == FailureKind.Busy) place.Refused();
            if (failure?.Kind == FailureKind.Broken) call.Broken++;
            call.Last = failure;
            attempt.Dispose();
            if (failure is null || ReferenceEquals(failure, e)) throw;
            throw failure;
        }
    }

    private async Task<AdaptiveGate.Place> EnterAsync(Call call, CancellationToken cancellationToken)
    {
        var left = Limits.Timeout - call.Elapsed;
        using var patience = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return await _gate.EnterAsync(both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Too late for another attempt, whatever its kind: the delay is over the deadline.
            throw new EndpointFailure(FailureKind.Busy, call.Last?.Message ??
                $"The model endpoint '{_endpoint.Name}' (model '{_model}') had no place free: it is asked as often as it allows.", Limits.Timeout);
        }
    }

    private bool ShouldRepeat(EndpointFailure? failure, ResilienceContext context)
    {
        if (failure is null || context.CancellationToken.IsCancellationRequested) return false;
        var call = context.Properties.GetValue(Key, null!);
        var mayRepeat = failure.Kind switch
        {
            FailureKind.Busy or FailureKind.Unreached => true,
            FailureKind.Broken => call.Broken <= BrokenRepeats,
            _ => false,
        };
        return mayRepeat && call.Elapsed + (failure.RetryAfter ?? TimeSpan.Zero) < Limits.Timeout;
    }

    private string Advice(EndpointFailure failure) => failure switch
    {
        { Kind: FailureKind.Busy, RetryAfter: { } wait } => $" It asks to wait {wait}; the deadline is {Limits.Timeout}. Ask less at once, or raise its quota.",
        { Kind: FailureKind.Busy } => " Ask less at once, or raise its quota.",
        { Kind: FailureKind.Unreached } => " Check its address and the network.",
        _ => "",
    };

    private static string Times(int attempts) => attempts == 1 ? "1 attempt" : $"{attempts} attempts";

    /// <summary>A call: all its attempts.</summary>
    internal sealed class Call(TimeProvider clock)
    {
        private readonly long _started = clock.GetTimestamp();

        public int Attempts { get; set; }

        public int Broken { get; set; }

        public EndpointFailure? Last { get; set; }

        public TimeSpan Elapsed => clock.GetElapsedTime(_started);
    }
}
