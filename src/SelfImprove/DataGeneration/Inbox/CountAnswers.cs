using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.DataGeneration.Inbox;

/// <summary>How far a group of tasks is.</summary>
/// <param name="Tasks">How many there are.</param>
/// <param name="Complete">How many need no more answers.</param>
public sealed record InboxProgress(int Tasks, int Complete);

/// <summary>Which answers to count.</summary>
/// <param name="Run">The run that waits for them.</param>
/// <param name="Group">The group of tasks.</param>
public sealed record CountAnswersInput(RunRef Run, string Group);

/// <summary>Counts how many tasks of a group need no more answers. Where the run may not go on, it closes the group: nobody is to work for nothing.</summary>
/// <param name="inbox">Where tasks and answers are kept.</param>
/// <param name="guard">Whether the run may still act.</param>
public sealed class CountAnswers(InboxStore inbox, RunGuard guard) : Activity<CountAnswersInput, InboxProgress>
{
    /// <summary>Its name.</summary>
    public static readonly ActivityRef<CountAnswersInput, InboxProgress> Ref = new(nameof(CountAnswers));

    /// <inheritdoc />
    public override async Task<InboxProgress> RunAsync(ActivityContext context, CountAnswersInput input, CancellationToken cancellationToken)
    {
        try
        {
            await guard.EnsureActiveAsync(input.Run, cancellationToken);
        }
        catch (RunEndedException)
        {
            await inbox.CloseAsync(input.Run.Agent, input.Group, cancellationToken);
            throw;
        }
        return await inbox.ProgressAsync(input.Run.Agent, input.Group, cancellationToken);
    }
}
