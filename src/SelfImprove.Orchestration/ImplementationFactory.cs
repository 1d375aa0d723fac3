using Microsoft.Extensions.DependencyInjection;

namespace SelfImprove.Orchestration;

/// <summary>Builds a registered class: the container's own registration where there is one, otherwise its constructor with services.</summary>
internal sealed class ImplementationFactory(Type type)
{
    private readonly Lazy<ObjectFactory> _factory = new(() => ActivatorUtilities.CreateFactory(type, []));

    public object Create(IServiceProvider services) => services.GetService(type) ?? _factory.Value(services, null);
}
