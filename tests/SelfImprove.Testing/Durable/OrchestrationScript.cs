using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Orchestration;

namespace SelfImprove.Testing;

/// <summary>Orchestrators and activities given as delegates, for tests: Main, Child, Work and Other, all from string to string.</summary>
public sealed class OrchestrationScript
{
    public static readonly OrchestratorRef<string, string> MainRef = new("Main");
    public static readonly OrchestratorRef<string, string> ChildRef = new("Child");
    public static readonly ActivityRef<string, string> WorkRef = new("Work");
    public static readonly ActivityRef<string, string> OtherRef = new("Other");

    public Func<OrchestrationContext, string, Task<string>> Main { get; set; } = (_, input) => Task.FromResult(input);

    public Func<OrchestrationContext, string, Task<string>> Child { get; set; } = (_, input) => Task.FromResult(input);

    public Func<ActivityContext, string, CancellationToken, Task<string>> Work { get; set; } = (_, input, _) => Task.FromResult(input);

    public Func<ActivityContext, string, CancellationToken, Task<string>> Other { get; set; } = (_, input, _) => Task.FromResult(input);

    public static OrchestrationRegistry CreateRegistry() => new OrchestrationRegistry()
        .Add<MainOrchestrator, string, string>(MainRef).Add<ChildOrchestrator, string, string>(ChildRef)
        .Add<WorkActivity, string, string>(WorkRef).Add<OtherActivity, string, string>(OtherRef);

    public void AddTo(IServiceCollection services) => services.AddSingleton(this);

    private sealed class MainOrchestrator(OrchestrationScript script) : Orchestrator<string, string>
    {
        public override Task<string> RunAsync(OrchestrationContext context, string input) => script.Main(context, input);
    }

    private sealed class ChildOrchestrator(OrchestrationScript script) : Orchestrator<string, string>
    {
        public override Task<string> RunAsync(OrchestrationContext context, string input) => script.Child(context, input);
    }

    private sealed class WorkActivity(OrchestrationScript script) : Activity<string, string>
    {
        public override Task<string> RunAsync(ActivityContext context, string input, CancellationToken cancellationToken) => script.Work(context, input, cancellationToken);
    }

    private sealed class OtherActivity(OrchestrationScript script) : Activity<string, string>
    {
        public override Task<string> RunAsync(ActivityContext context, string input, CancellationToken cancellationToken) => script.Other(context, input, cancellationToken);
    }
}
