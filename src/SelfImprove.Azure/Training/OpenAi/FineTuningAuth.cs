using System.ClientModel.Primitives;

namespace SelfImprove.Azure.Training.OpenAi;

/// <summary>Sends a key in a header; asks for it at every call, so that a changed one is used at once.</summary>
internal sealed class FineTuningAuth(string header, Func<string?> value) : AuthenticationPolicy
{
    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        if (value() is { } sent) message.Request.Headers.Set(header, sent);
        ProcessNext(message, pipeline, currentIndex);
    }

    public override async ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        if (value() is { } sent) message.Request.Headers.Set(header, sent);
        await ProcessNextAsync(message, pipeline, currentIndex);
    }
}
