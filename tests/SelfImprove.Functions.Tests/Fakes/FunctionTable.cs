using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace SelfImprove.Functions.Tests.Fakes;

/// <summary>The app's functions by name, and how a host would call them.</summary>
internal static class FunctionTable
{
    public static IReadOnlyDictionary<string, MethodInfo> All { get; } = typeof(SelfImprove.Functions.Engine.DurableRun).Assembly.GetTypes()
        .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        .Where(m => m.GetCustomAttribute<FunctionAttribute>() is not null)
        .ToDictionary(m => m.GetCustomAttribute<FunctionAttribute>()!.Name);

    public static T? Trigger<T>(MethodInfo function) where T : Attribute => function.GetParameters().Select(p => p.GetCustomAttribute<T>()).SingleOrDefault(a => a is not null);

    public static Task<string> OrchestrateAsync(TaskOrchestrationContext context, IServiceProvider services) =>
        (Task<string>)Call(All[context.Name.Name], services, p => p.ParameterType == typeof(TaskOrchestrationContext) ? context : null)!;

    public static async Task<string> ActAsync(string name, string json, DurableTaskClient client, IServiceProvider services)
    {
        var output = await ResultAsync(Call(
            All[name], services, p => p.GetCustomAttribute<ActivityTriggerAttribute>() is not null ? JsonSerializer.Deserialize(json, p.ParameterType) : p.ParameterType == typeof(DurableTaskClient) ? client : null));
        return JsonSerializer.Serialize(output);
    }

    public static async Task<IResult> AnswerAsync(string name, HttpRequest request, DurableTaskClient client) => (IResult)(await ResultAsync(Call(
        All[name], request.HttpContext.RequestServices, p => p.ParameterType == typeof(HttpRequest) ? request : p.ParameterType == typeof(DurableTaskClient) ? client : null)))!;

    public static Task TickAsync(string name, DurableTaskClient client, IServiceProvider services) => (Task)Call(
        All[name], services, p => p.ParameterType == typeof(TimerInfo) ? new TimerInfo() : p.ParameterType == typeof(DurableTaskClient) ? client : null)!;

    private static object? Call(MethodInfo function, IServiceProvider services, Func<ParameterInfo, object?> bind) => function.Invoke(null, [.. function.GetParameters().Select(p =>
        bind(p) ?? (p.ParameterType == typeof(FunctionContext) ? new FakeFunctionContext(services) : throw new InvalidOperationException($"{function.Name} asks for {p}.")))]);

    private static async Task<object?> ResultAsync(object? task)
    {
        await (Task)task!;
        return task.GetType().GetProperty("Result")!.GetValue(task);
    }
}
