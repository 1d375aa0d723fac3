namespace SelfImprove.Durable;

/// <summary>What a client asks for. It is applied within a step and answered after the step's commit.</summary>
internal abstract class EngineCommand
{
    /// <summary>Applies it to memory and the open transaction.</summary>
    public abstract void Apply(EngineState state);

    /// <summary>Answers: what it did is on stable storage.</summary>
    public abstract void Acknowledge();

    /// <summary>Answers that nothing is known to have happened.</summary>
    public abstract void Fail(Exception reason);
}

/// <summary>A command with an answer of type <typeparamref name="T"/>.</summary>
internal sealed class EngineCommand<T>(Func<EngineState, T> apply) : EngineCommand
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Answer => _answer.Task;

    public override void Apply(EngineState state) => _result = apply(state);

    public override void Acknowledge() => _answer.TrySetResult(_result);

    public override void Fail(Exception reason) => _answer.TrySetException(reason);
}
