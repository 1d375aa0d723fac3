namespace SelfImprove.Orchestration;

/// <summary>An input, an output or a status is too large to cross the seam. Write the data to the store and pass its path.</summary>
/// <param name="step">Which payload: kind and name of the step.</param>
/// <param name="size">Its size in bytes of UTF-8 JSON.</param>
/// <param name="limit">The largest size allowed.</param>
public sealed class PayloadLimitException(string step, int size, int limit)
    : Exception($"The {step} is {size:N0} bytes of JSON; at most {limit:N0} are allowed. Write the data to the store and pass a reference to it.")
{
    /// <summary>Which payload: kind and name of the step.</summary>
    public string Step { get; } = step;

    /// <summary>Its size in bytes of UTF-8 JSON.</summary>
    public int Size { get; } = size;

    /// <summary>The largest size allowed.</summary>
    public int Limit { get; } = limit;
}
