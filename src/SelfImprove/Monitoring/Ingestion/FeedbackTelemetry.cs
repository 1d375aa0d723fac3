using System.Diagnostics;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Events;
using SelfImprove.Telemetry;

namespace SelfImprove.Monitoring.Ingestion;

/// <summary>Tells of judgements that are on stable storage: each is an evaluation result of the interaction (or episode) that it judges.</summary>
internal static class FeedbackTelemetry
{
    /// <summary>The most events of one span: what OpenTelemetry keeps by default.</summary>
    public const int MostEvents = 128;

    public static bool IsWanted => ProductTelemetry.IsTraced || ProductMetrics.Rewards.Enabled;

    public static void Report(Activity? span, RewardMap rewards, IReadOnlyList<Feedback> feedback)
    {
        var told = 0;
        foreach (var judgement in feedback)
        {
            var reward = judgement.Metric == rewards.Goal && judgement.Value is { } value ? rewards.RewardOfGoal(value) : null;
            if (reward is { } known && ProductMetrics.Rewards.Enabled)
                ProductMetrics.Rewards.Record(known, new(TelemetryNames.AgentName, judgement.Agent), new(TelemetryNames.EvaluationName, judgement.Metric),
                    new(TelemetryNames.FeedbackSource, SourceOf(judgement)));
            if (span is { IsAllDataRequested: true } && told++ < MostEvents) span.AddEvent(new ActivityEvent(TelemetryNames.EvaluationResult, tags: Tags(judgement, reward)));
        }
    }

    private static ActivityTagsCollection Tags(Feedback judgement, double? reward)
    {
        var tags = new ActivityTagsCollection
        {
            [TelemetryNames.EvaluationName] = judgement.Metric,
            [TelemetryNames.AgentName] = judgement.Agent,
            [TelemetryNames.FeedbackSource] = SourceOf(judgement),
        };
        if (judgement.Value is { } value) tags[TelemetryNames.EvaluationScore] = value;
        if (reward is 0 or 1) tags[TelemetryNames.EvaluationLabel] = reward == 1 ? "pass" : "fail";
        if (judgement.Interaction is { } interaction) tags[TelemetryNames.ResponseId] = interaction;
        if (judgement.Episode is { } episode) tags[TelemetryNames.Conversation] = episode;
        if (ProductTelemetry.CapturesRemarks && judgement.Comment is { } comment) tags[TelemetryNames.EvaluationExplanation] = comment;
        return tags;
    }

    private static string SourceOf(Feedback judgement) => judgement.Source.Kind switch
    {
        SourceKind.Human => "human",
        SourceKind.Agent => "agent",
        SourceKind.Critic => "critic",
        _ => "code",
    };
}
