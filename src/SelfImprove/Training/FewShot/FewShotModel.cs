using SelfImprove.Models;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Training.FewShot;

/// <summary>Shows a model examples before each request: as turns of the conversation, after the instructions.</summary>
/// <param name="inner">The model.</param>
/// <param name="prompt">The examples.</param>
internal sealed class FewShotModel(IChatModel inner, FewShotPrompt prompt) : IChatModel
{
    private readonly IReadOnlyList<ChatMessage> _examples = [.. prompt.Examples.SelectMany((example, i) => Turns(example, i))];

    public Task<ModelAnswer> AnswerAsync(ModelRequest request, CancellationToken cancellationToken = default) => inner.AnswerAsync(Shown(request), cancellationToken);

    public IAsyncEnumerable<AnswerPiece> StreamAsync(ModelRequest request, CancellationToken cancellationToken = default) => inner.StreamAsync(Shown(request), cancellationToken);

    public Task<IReadOnlyList<ModelAnswer>> SampleAsync(ModelRequest request, int times, SeededRandom random, CancellationToken cancellationToken = default) =>
        inner.SampleAsync(Shown(request), times, random, cancellationToken);

    private ModelRequest Shown(ModelRequest request)
    {
        var instructions = request.Messages.TakeWhile(m => m.Role is "system" or "developer").Count();
        return request with { Messages = [.. request.Messages.Take(instructions), .. _examples, .. request.Messages.Skip(instructions)] };
    }

    // A call that nothing answers is refused by the services, so each gets an answer that says nothing.
    private static IEnumerable<ChatMessage> Turns(FewShotExample example, int number)
    {
        List<ToolCall> calls = [.. (example.Output.ToolCalls ?? []).Select((call, i) => call with { Id = $"example_{number}_{i}" })];
        return [.. example.Input, new ChatMessage { Role = "assistant", Content = example.Output.Text, ToolCalls = calls.Count > 0 ? calls : null },
            .. calls.Select(call => new ChatMessage { Role = "tool", ToolCallId = call.Id, Content = "{}" })];
    }
}
