using System.Text.Json;

namespace SelfImprove.Statistics.Tests;

/// <summary>The reference values beside the checkout.</summary>
internal static class Vectors
{
    public static JsonElement Read(string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "SelfImprove.Functions.sln"))) continue;
            var path = Path.Combine(folder.Parent!.FullName, "shared", "vectors", file);
            return JsonDocument.Parse(File.ReadAllText(path)).RootElement;
        }
        throw new DirectoryNotFoundException("No folder above the tests holds SelfImprove.Functions.sln; run them from a checkout.");
    }

    public static double Number(this JsonElement element, string name) => element.GetProperty(name).GetDouble();

    public static double? OptionalNumber(this JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetDouble() : null;

    public static double[] Numbers(this JsonElement element) => [.. element.EnumerateArray().Select(e => e.GetDouble())];
}
