using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SelfImprove.Testing;

namespace SelfImprove.Durable.Tests;

/// <summary>The contract, every turn a full replay.</summary>
public sealed class ReplayingContractTests : OrchestrationContractTests
{
    protected override async Task<IOrchestrationHost> OpenAsync(CollectingLogger? logger = null) =>
        await DurableHarness.OpenAsync(OrchestrationScript.CreateRegistry(), services =>
        {
            Script.AddTo(services);
            if (logger is not null)
                services.AddLogging(logging => logging.AddProvider(logger));
        });
}

/// <summary>The contract, instances warm.</summary>
public sealed class WarmContractTests : OrchestrationContractTests
{
    protected override async Task<IOrchestrationHost> OpenAsync(CollectingLogger? logger = null) =>
        await DurableHarness.OpenAsync(OrchestrationScript.CreateRegistry(), services =>
        {
            Script.AddTo(services);
            if (logger is not null)
                services.AddLogging(logging => logging.AddProvider(logger));
        }, options => options.AlwaysReplay = false);
}
