namespace SelfImprove.Planning;

/// <summary>The dataset formats that a trainer of this host takes: a plan never asks for more. The training stage tells.</summary>
/// <param name="trainer">The name that manifests use.</param>
/// <exception cref="ArgumentException">This host has no such trainer.</exception>
public delegate IReadOnlySet<string> TrainerFormats(string trainer);
