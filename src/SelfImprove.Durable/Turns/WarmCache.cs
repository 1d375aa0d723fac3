namespace SelfImprove.Durable;

/// <summary>Which instances keep their code's state between turns: the most recently used ones.</summary>
internal sealed class WarmCache(DurableEngineOptions options)
{
    private readonly int _capacity = options.AlwaysReplay ? 0 : options.MaxWarmInstances;
    private readonly LinkedList<Instance> _byUse = new();

    /// <summary>Notes a use; the least recently used one cools down where there are too many.</summary>
    public void Touch(Instance instance)
    {
        if (instance.WarmNode is { } node)
        {
            _byUse.Remove(node);
            _byUse.AddFirst(node);
        }
        else
            instance.WarmNode = _byUse.AddFirst(instance);
        while (_byUse.Count > _capacity)
            Drop(_byUse.Last!.Value);
    }

    public void Drop(Instance instance)
    {
        instance.Warm?.Dispose();
        instance.Warm = null;
        if (instance.WarmNode is { } node)
            _byUse.Remove(node);
        instance.WarmNode = null;
    }

    public void Clear()
    {
        while (_byUse.First is { } first)
            Drop(first.Value);
    }
}
