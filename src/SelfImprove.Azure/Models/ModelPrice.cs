namespace SelfImprove.Azure.Models;

/// <summary>What a model's tokens cost, in USD per million.</summary>
/// <param name="Input">Tokens read.</param>
/// <param name="Output">Tokens written, those of its reasoning included.</param>
/// <param name="CachedInput">Tokens read from the server's cache; as <paramref name="Input"/> where null.</param>
public sealed record ModelPrice(decimal Input, decimal Output, decimal? CachedInput = null)
{
    private const decimal PerMillion = 1_000_000m;

    /// <summary>What a call costs, in USD.</summary>
    /// <param name="input">Tokens read, cached ones included.</param>
    /// <param name="cached">Of these, from the cache.</param>
    /// <param name="output">Tokens written.</param>
    public decimal CostOf(int input, int cached, int output) =>
        ((input - cached) * Input + cached * (CachedInput ?? Input) + output * Output) / PerMillion;
}
