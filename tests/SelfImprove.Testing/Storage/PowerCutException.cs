namespace SelfImprove.Testing.Storage;

/// <summary>The power is gone: nothing of this machine goes on. Deliberately no IOException, so that nothing handles it.</summary>
public sealed class PowerCutException(long operation) : Exception($"The power was cut at file operation {operation}.");
