using SelfImprove.Orchestration;

namespace SelfImprove.DataGeneration.Inbox;

/// <summary>How far a group of tasks is.</summary>
/// <param name="Tasks">How many there are.</param>
/// <param name="Complete">How many need no more answers.</param>
public sealed record InboxProgress(int Tasks, int Complete);

/// <summary>Counts how many tasks of a group need no more answers.</summary>
/// <param name="inbox">Where tasks and answers are kept.</param>
public sealed class CountAnswers(InboxStore inbox) : Activity<InboxGroup, InboxProgress>
{
    /// <summary>Its name.</summary>
    public static readonly ActivityRef<InboxGroup, InboxProgress> Ref = new(nameof(CountAnswers));

    /// <inheritdoc />
    public override async Task<InboxProgress> RunAsync(ActivityContext context, InboxGroup input, CancellationToken cancellationToken)
    {
        var counts = await inbox.CountAsync(input.Agent, input.Group, cancellationToken);
        if (counts.Count == 0 || await inbox.GetAsync(input.Agent, counts.Keys.First(), cancellationToken) is not { } any) return new InboxProgress(0, 0);
        return new InboxProgress(counts.Count, counts.Values.Count(c => c >= any.People));
    }
}
