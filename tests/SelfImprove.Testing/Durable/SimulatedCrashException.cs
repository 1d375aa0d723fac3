namespace SelfImprove.Testing;

/// <summary>The process died here, as far as the test is concerned.</summary>
public sealed class SimulatedCrashException() : Exception("simulated crash");
