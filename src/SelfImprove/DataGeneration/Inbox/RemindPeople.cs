using System.Text.Json;
using Microsoft.Extensions.Logging;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration.Inbox;

/// <summary>What to remind of.</summary>
/// <param name="Run">The run that waits.</param>
/// <param name="Group">The tasks.</param>
/// <param name="Due">Until when their answers count.</param>
public sealed record RemindInput(RunRef Run, string Group, DateTimeOffset Due);

/// <summary>That people were reminded. Kept as <c>inbox-reminders/{agent}/{group}.json</c>.</summary>
/// <param name="Run">The run that waits.</param>
/// <param name="Group">The tasks.</param>
/// <param name="Open">How many were open.</param>
/// <param name="Due">Until when their answers count.</param>
public sealed record InboxReminder(string Run, string Group, int Open, DateTimeOffset Due);

/// <summary>At half time, records a reminder once; whoever notifies people reads it, and the log says it too.</summary>
/// <param name="store">Where reminders are kept.</param>
/// <param name="inbox">Tells what is open.</param>
/// <param name="logger">Says it.</param>
public sealed partial class RemindPeople(IObjectStore store, InboxStore inbox, ILogger<RemindPeople> logger) : Activity<RemindInput, int>
{
    /// <summary>Its name.</summary>
    public static readonly ActivityRef<RemindInput, int> Ref = new(nameof(RemindPeople));

    /// <inheritdoc />
    public override async Task<int> RunAsync(ActivityContext context, RemindInput input, CancellationToken cancellationToken)
    {
        var agent = input.Run.Agent;
        var progress = await inbox.ProgressAsync(agent, input.Group, cancellationToken);
        var open = progress.Tasks - progress.Complete;
        var reminder = JsonSerializer.SerializeToUtf8Bytes(new InboxReminder(input.Run.Run, input.Group, open, input.Due), SeamJson.Indented);
        if ((await store.WriteAsync($"inbox-reminders/{agent}/{input.Group}.json", reminder, WriteCondition.IfAbsent, cancellationToken)).Written)
            LogReminder(logger, agent, open, input.Due);
        return open;
    }

    [LoggerMessage(EventId = 4001, Level = LogLevel.Warning, Message = "The inbox of {Agent} has {Open} open tasks, due {Due:u}; half of the time is over.")]
    private static partial void LogReminder(ILogger logger, string agent, int open, DateTimeOffset due);
}
