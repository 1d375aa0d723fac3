using System.Diagnostics;
using SelfImprove.Models;

namespace SelfImprove.Telemetry;

/// <summary>One question to a model: a client span and its measurements. A caller who leaves in the middle of a stream ends it without a reason.</summary>
internal sealed class ModelCallSpan : IDisposable
{
    private readonly ModelIdentity _identity;
    private readonly Activity? _span;
    private readonly long _started = Stopwatch.GetTimestamp();
    private bool _isStreaming;
    private string? _error;

    public ModelCallSpan(ModelIdentity identity, ModelRequest request, bool isStream)
    {
        (_identity, _isStreaming) = (identity, isStream);
        if (!ProductTelemetry.IsTraced) return;
        _span = ProductTelemetry.Source.StartActivity(
            $"{TelemetryNames.Chat} {identity.Model}", identity.Address is null ? ActivityKind.Internal : ActivityKind.Client, default(ActivityContext), Tags());
        if (_span is not { IsAllDataRequested: true }) return;
        if (isStream) _span.SetTag(TelemetryNames.RequestStream, true);
        Describe(_span, request);
    }

    /// <summary>What was asked, without its content.</summary>
    public static void Describe(Activity span, ModelRequest request)
    {
        if (request.Tools is { Count: > 0 } tools) span.SetTag(TelemetryNames.Tools, tools.Count);
        if (request.Temperature is { } temperature) span.SetTag(TelemetryNames.RequestTemperature, temperature);
        if (request.Seed is { } seed) span.SetTag(TelemetryNames.RequestSeed, seed);
        if (request.MaxOutputTokens is { } most) span.SetTag(TelemetryNames.RequestMaxTokens, most);
    }

    public void Piece()
    {
        if (!_isStreaming) return;
        _isStreaming = false;
        _span?.SetTag(TelemetryNames.TimeToFirstChunk, Stopwatch.GetElapsedTime(_started).TotalSeconds);
    }

    public void Ended(FinishReason finish, int inputTokens, int outputTokens, decimal cost)
    {
        if (_span is { IsAllDataRequested: true }) AnswerTags.Set(_span, finish, inputTokens, outputTokens, cost);
        if (ProductMetrics.Tokens.Enabled)
        {
            if (inputTokens > 0) ProductMetrics.Tokens.Record(inputTokens, [.. Tags(), new(TelemetryNames.TokenType, "input")]);
            if (outputTokens > 0) ProductMetrics.Tokens.Record(outputTokens, [.. Tags(), new(TelemetryNames.TokenType, "output")]);
        }
        if (cost > 0 && ProductMetrics.ModelCost.Enabled) ProductMetrics.ModelCost.Add((double)cost, Tags());
    }

    public void Failed(Exception failure)
    {
        _error = failure.GetType().Name;
        _span.Fail(_error);
    }

    public void Dispose()
    {
        if (ProductMetrics.CallDuration.Enabled)
        {
            var tags = Tags();
            ProductMetrics.CallDuration.Record(
                Stopwatch.GetElapsedTime(_started).TotalSeconds, _error is null ? tags : [.. tags, new KeyValuePair<string, object?>(TelemetryNames.ErrorType, _error)]);
        }
        _span?.Dispose();
    }

    private KeyValuePair<string, object?>[] Tags()
    {
        KeyValuePair<string, object?>[] tags =
        [
            new(TelemetryNames.Operation, TelemetryNames.Chat),
            new(TelemetryNames.Provider, _identity.Provider),
            new(TelemetryNames.RequestModel, _identity.Model),
        ];
        return _identity.Address is not { } address
            ? tags
            : [.. tags, new(TelemetryNames.ServerAddress, address), new(TelemetryNames.ServerPort, _identity.Port)];
    }
}
