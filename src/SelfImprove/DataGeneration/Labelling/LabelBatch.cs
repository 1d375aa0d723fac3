using System.Text;
using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Labelling.Teachers;
using SelfImprove.DataGeneration.TeacherEndpoints;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration.Labelling;

/// <summary>
/// Asks models about a batch of items. Charges before it asks; keeps each small group of answers at once, so that a killed or repeated batch
/// asks again only what was in flight. Items whose question failed are tried again alone.
/// </summary>
/// <param name="store">Where items and answers are kept.</param>
/// <param name="manifests">The pinned manifests.</param>
/// <param name="models">Opens the teachers.</param>
/// <param name="spend">The spend book.</param>
/// <param name="journal">Keeps two executions from asking at once.</param>
/// <param name="guard">Whether the run may still act.</param>
public sealed class LabelBatch(IObjectStore store, PinnedManifests manifests, ModelCatalog models, SpendBook spend, IntentJournal journal, RunGuard guard)
    : Activity<LabelBatchInput, LabelBatchOutput>
{
    /// <summary>Its name.</summary>
    public static readonly ActivityRef<LabelBatchInput, LabelBatchOutput> Ref = new(nameof(LabelBatch));

    /// <summary>How its call is repeated: for as long as a killed execution's claim may last.</summary>
    public static readonly RetryPolicy Retry = new(40, TimeSpan.FromSeconds(2), 2, TimeSpan.FromMinutes(1));

    // So many questions are open at once, and so many answers a kill may cost.
    private const int InFlight = 10;
    private const int Tries = 3;

    /// <inheritdoc />
    public override Task<LabelBatchOutput> RunAsync(ActivityContext context, LabelBatchInput input, CancellationToken cancellationToken) =>
        journal.RunOnceAsync(
            context.Key, TimeSpan.FromMinutes(2) + TimeSpan.FromSeconds(1.5 * input.Count), token => AskAsync(context.Key, input, token), cancellationToken);

    private async Task<LabelBatchOutput> AskAsync(string key, LabelBatchInput input, CancellationToken cancellationToken)
    {
        await guard.EnsureActiveAsync(input.Label.Run, cancellationToken);
        var manifest = await manifests.GetAsync(input.Label.Run, cancellationToken);
        var rules = new TeacherRules(manifest, input.Label.Teacher);
        var items = await LabelFiles.ReadItemsAsync(store, input.Label, input.From, input.Count, cancellationToken);
        var book = await AnswerBook.OpenAsync(store, LabelFiles.Answers(input.Label, input.Batch), cancellationToken);
        Exception? failed = null;
        var chunk = 0;
        foreach (var group in items.Chunk(InFlight))
        {
            var groupKey = $"{key}/{chunk++}";
            try
            {
                failed = await AskGroupAsync(groupKey, input.Label.Run, manifest, rules, group, book, cancellationToken) ?? failed;
            }
            catch (BudgetExceededException e)
            {
                return new LabelBatchOutput(book.Count, e.Message);
            }
        }
        return failed is null
            ? new LabelBatchOutput(book.Count, null)
            : throw new TransientException($"Some items of batch {input.Batch} got no answer: {failed.Message}", failed);
    }

    /// <summary>Asks about a group until nothing is left to ask of models; gives the last failure of an item that may be answered later.</summary>
    private async Task<Exception?> AskGroupAsync(
        string key, RunRef run, AgentManifest manifest, TeacherRules rules, LabelItem[] items, AnswerBook book, CancellationToken cancellationToken)
    {
        Exception? failed = null;
        var unanswered = new HashSet<string>(StringComparer.Ordinal);
        if (rules.PricePerItem > 0)
            await spend.ChargeAsync(run, manifest.Budget, $"{key}/together", $"Comparing {items.Length} answers", rules.PricePerItem * items.Length,
                cancellationToken);
        while (true)
        {
            var asks = items.Where(i => !unanswered.Contains(i.Id))
                .Select(i => (Item: i, Step: rules.Next(book.Of(i.Id)) as TeacherStep.Ask))
                .Where(a => a.Step is { Teacher.Kind: TeacherKind.Model }).ToList();
            if (asks.Count == 0) return failed;
            var teacher = rules.All.First(t => asks.Exists(a => a.Step!.Teacher.Name == t.Name));
            var pending = asks.Where(a => a.Step!.Teacher.Name == teacher.Name).Select(a => a.Item).ToList();
            // Items answered before a kill were paid for under the same key: answered and pending together name the charge.
            var known = items.Count(i => book.Of(i.Id).ContainsKey(teacher.Name)) + pending.Count;
            var (paid, refused) = await ChargeAsync($"{key}/{teacher.Name}-{known}", run, manifest.Budget, teacher, pending, cancellationToken);
            var model = await models.OpenAsync(
                TeacherEndpoint.ReferenceOf(teacher) ?? throw new InvalidOperationException($"Teacher '{teacher.Name}' of {run.Agent} has no model; a model teacher names one."),
                manifest.Task, cancellationToken);
            var outcomes = await Task.WhenAll(paid.Select(i => AskOneAsync(model, manifest, teacher, i, cancellationToken)));
            await book.AddAsync([.. outcomes.Select(o => o.Answer).OfType<TeacherAnswer>()], cancellationToken);
            foreach (var (id, _, failure) in outcomes)
            {
                if (failure is null) continue;
                failed = failure;
                unanswered.Add(id);
            }
            // A teacher without a price of its own costs what its endpoint's tokens cost, which shows only now.
            if (teacher.Price == 0 && outcomes.Sum(o => o.Answer?.PriceUsd ?? 0) is > 0 and var tokens)
                await spend.BookSpentAsync(run, manifest.Budget, $"{key}/{teacher.Name}-{known}/tokens", $"Tokens of {paid.Count} answers of {teacher.Name}", tokens,
                    CancellationToken.None);
            if (outcomes.Select(o => o.Failure).OfType<UnusableModelException>().FirstOrDefault() is { } unusable)
                throw new UnusableModelException($"Teacher '{teacher.Name}' can't be asked. {unusable.Message}", unusable);
            if (refused is not null) throw refused;
        }
    }

    /// <summary>Charges for all, or for as many as the budget allows, one by one.</summary>
    private async Task<(List<LabelItem> Paid, BudgetExceededException? Refused)> ChargeAsync(
        string key, RunRef run, BudgetSettings budget, TeacherSettings teacher, List<LabelItem> items, CancellationToken cancellationToken)
    {
        try
        {
            await spend.ChargeAsync(run, budget, key, $"{items.Count} answers of {teacher.Name}", teacher.Price * items.Count, cancellationToken);
            return (items, null);
        }
        catch (BudgetExceededException)
        {
            var paid = new List<LabelItem>();
            try
            {
                foreach (var item in items)
                {
                    await spend.ChargeAsync(run, budget, $"{key}/{item.Id}", $"1 answer of {teacher.Name}", teacher.Price, cancellationToken);
                    paid.Add(item);
                }
            }
            catch (BudgetExceededException one)
            {
                return (paid, one);
            }
            return (paid, null);
        }
    }

    private static async Task<(string Id, TeacherAnswer? Answer, Exception? Failure)> AskOneAsync(
        IChatModel model, AgentManifest manifest, TeacherSettings teacher, LabelItem item, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answer = await model.AnswerAsync(TeacherPrompt.Ask(manifest, teacher, item), cancellationToken);
                return (item.Id, TeacherPrompt.Read(manifest.Task, teacher, item, answer), null);
            }
            catch (TransientException e)
            {
                if (attempt == Tries) return (item.Id, null, e);
            }
            catch (UnusableModelException e)
            {
                // No fault of the item: it stays unanswered, for when the model can be used again.
                return (item.Id, null, e);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                // It will fail for this item again, and must not cost the others their answers.
                return (item.Id, new TeacherAnswer(item.Id, teacher.Name, null, $"teacher:{teacher.Name}", null, teacher.Price, $"it failed: {e.Message}"), null);
            }
        }
    }

    /// <summary>The answers of a batch, appended as they come.</summary>
    private sealed class AnswerBook
    {
        private static readonly Dictionary<string, TeacherAnswer> Nothing = [];
        private readonly IObjectStore _store;
        private readonly string _path;
        private Dictionary<string, Dictionary<string, TeacherAnswer>> _byItem = [];
        private long _length;
        private bool _torn;

        private AnswerBook(IObjectStore store, string path) => (_store, _path) = (store, path);

        public int Count => _byItem.Values.Sum(a => a.Count);

        public static async Task<AnswerBook> OpenAsync(IObjectStore store, string path, CancellationToken cancellationToken)
        {
            var book = new AnswerBook(store, path);
            await book.LoadAsync(cancellationToken);
            return book;
        }

        public IReadOnlyDictionary<string, TeacherAnswer> Of(string id) => _byItem.GetValueOrDefault(id, Nothing);

        public async Task AddAsync(IReadOnlyList<TeacherAnswer> answers, CancellationToken cancellationToken)
        {
            if (answers.Count == 0) return;
            while (true)
            {
                var bytes = Encoding.UTF8.GetBytes((_torn ? "\n" : "") + string.Concat(answers.Select(JsonLines.Line)));
                // Paid for: kept even where the host is stopping.
                var appended = (await _store.AppendAsync(_path, bytes, _length, CancellationToken.None)).Appended;
                await LoadAsync(CancellationToken.None);
                if (appended) return;
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        private async Task LoadAsync(CancellationToken cancellationToken) =>
            (_byItem, _length, _torn) = await LabelFiles.ReadAnswersAsync(_store, _path, cancellationToken);
    }
}
