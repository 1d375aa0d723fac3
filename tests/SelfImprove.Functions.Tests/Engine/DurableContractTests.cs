using SelfImprove.Functions.Tests.Fakes;
using SelfImprove.Testing;

namespace SelfImprove.Functions.Tests.Engine;

/// <summary>The seam's contract over the Functions adapters and a fake of the SDK.</summary>
public sealed class DurableContractTests : OrchestrationContractTests
{
    protected override Task<IOrchestrationHost> OpenAsync(CollectingLogger? logger = null) => Task.FromResult<IOrchestrationHost>(new FakeDurableHost(Script, logger));
}
