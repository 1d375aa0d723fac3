using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using SelfImprove.Models;

namespace SelfImprove.Testing.Models;

/// <summary>A model that answers as the test says, and remembers what it was asked.</summary>
public sealed class ScriptedModel : IChatModel
{
    private readonly Func<ModelRequest, CancellationToken, IAsyncEnumerable<AnswerPiece>> _script;
    private readonly ConcurrentQueue<ModelRequest> _asked = new();

    /// <summary>A model that streams.</summary>
    public ScriptedModel(Func<ModelRequest, CancellationToken, IAsyncEnumerable<AnswerPiece>> script) => _script = script;

    /// <summary>A model that gives whole answers.</summary>
    public ScriptedModel(Func<ModelRequest, ModelAnswer> answer) => _script = (request, _) => Whole(answer, request);

    /// <summary>What it was asked, oldest first.</summary>
    public IReadOnlyList<ModelRequest> Asked => [.. _asked];

    /// <summary>A model that gives texts.</summary>
    public static ScriptedModel Text(Func<ModelRequest, string> answer) => new(request => new ModelAnswer { Output = new AgentOutput(answer(request)) });

    public async Task<ModelAnswer> AnswerAsync(ModelRequest request, CancellationToken cancellationToken = default)
    {
        var builder = new AnswerBuilder();
        await foreach (var piece in StreamAsync(request, cancellationToken)) builder.Add(piece);
        return builder.Build();
    }

    public IAsyncEnumerable<AnswerPiece> StreamAsync(ModelRequest request, CancellationToken cancellationToken = default)
    {
        _asked.Enqueue(request);
        return _script(request, cancellationToken);
    }

    private static async IAsyncEnumerable<AnswerPiece> Whole(
        Func<ModelRequest, ModelAnswer> answer, ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var piece in AnswerStream.Pieces(answer(request))) yield return piece;
    }
}
