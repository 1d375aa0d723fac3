using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Inbox;
using SelfImprove.DataGeneration.Labelling.Teachers;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration.Labelling;

/// <summary>
/// Puts all answers of a piece of labelling together, those of batches that failed half-way too: they are paid for. Closes the inbox tasks
/// first, so that no answer is taken that would not count. The first result stands.
/// </summary>
/// <param name="store">Where answers are kept.</param>
/// <param name="manifests">The pinned manifests.</param>
/// <param name="inbox">What people answered.</param>
public sealed class MergeLabels(IObjectStore store, PinnedManifests manifests, InboxStore inbox) : Activity<MergeLabelsInput, LabelOutput>
{
    /// <summary>Its name.</summary>
    public static readonly ActivityRef<MergeLabelsInput, LabelOutput> Ref = new(nameof(MergeLabels));

    /// <inheritdoc />
    public override async Task<LabelOutput> RunAsync(ActivityContext context, MergeLabelsInput input, CancellationToken cancellationToken)
    {
        var label = input.Label;
        var manifest = await manifests.GetAsync(label.Run, cancellationToken);
        var rules = new TeacherRules(manifest, label.Teacher);
        var people = rules.All.Where(t => t.Kind == TeacherKind.People).ToList();
        var group = LabelFiles.Group(label);
        if (people.Count > 0) await inbox.CloseAsync(label.Run.Agent, group, cancellationToken);
        var votes = people.Count > 0 ? await inbox.AnswersOfGroupAsync(label.Run.Agent, group, cancellationToken) : [];
        var labels = new List<LabelledItem>(label.Count);
        decimal cost = 0;
        for (var batch = 0; batch * input.BatchSize < label.Count; batch++)
        {
            var from = batch * input.BatchSize;
            var items = await LabelFiles.ReadItemsAsync(store, label, from, Math.Min(input.BatchSize, label.Count - from), cancellationToken);
            var (byItem, _, _) = await LabelFiles.ReadAnswersAsync(store, LabelFiles.Answers(label, batch), cancellationToken);
            foreach (var item in items)
            {
                var answers = byItem.GetValueOrDefault(item.Id, []);
                foreach (var teacher in people)
                    if (PeopleVote.Count(item.Id, teacher, votes.GetValueOrDefault(InboxGroup.TaskId(group, item.Id), [])) is { } vote) answers[teacher.Name] = vote;
                if (answers.Count == 0) continue;
                var price = answers.Values.Sum(a => a.PriceUsd) + rules.PricePerItem;
                cost += price;
                if (Label(item, rules.Next(answers), price) is { } labelled) labels.Add(labelled);
            }
        }
        var path = LabelFiles.Labels(label);
        await JsonLines.WriteOnceAsync(store, path, labels, cancellationToken);
        var answered = labels.Count(l => l.Output is not null);
        return new LabelOutput(path, answered, cost, answered == label.Count ? null : Shortfalls.Join(input.Shortfall, Missing(label.Count, labels)));
    }

    private static LabelledItem? Label(LabelItem item, TeacherStep step, decimal price) => step switch
    {
        TeacherStep.Answered(var a) => new LabelledItem(item.Id, item.Input, item.Slice, item.Weight, a.Output, a.Source, a.Confidence, price),
        TeacherStep.Refused(var why, var source) => new LabelledItem(item.Id, item.Input, item.Slice, item.Weight, null, source, null, price, why),
        _ => null,
    };

    private static string Missing(int count, List<LabelledItem> labels)
    {
        var refused = labels.Count(l => l.Output is null);
        var silent = count - labels.Count;
        return $"{count - refused - silent} of {count} items were labelled" + (refused > 0 ? $"; {refused} were refused or not agreed upon" : "") + (silent > 0 ? $"; {silent} got no answer" : "") + ".";
    }
}
