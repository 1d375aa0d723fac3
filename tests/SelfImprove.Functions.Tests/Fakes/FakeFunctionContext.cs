using Microsoft.Azure.Functions.Worker;

namespace SelfImprove.Functions.Tests.Fakes;

/// <summary>What a function knows of its invocation.</summary>
internal sealed class FakeFunctionContext(IServiceProvider services) : FunctionContext
{
    public override string InvocationId => "invocation";
    public override string FunctionId => "function";
    public override IServiceProvider InstanceServices { get; set; } = services;
    public override FunctionDefinition FunctionDefinition => throw new NotSupportedException();
    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();
}
