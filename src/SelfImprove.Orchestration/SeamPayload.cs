using System.Text;
using System.Text.Json;

namespace SelfImprove.Orchestration;

/// <summary>Writes and reads what crosses the seam: one serializer, one set of limits, on both engines.</summary>
public static class SeamPayload
{
    /// <summary>The largest input or output: 48 KiB of UTF-8 JSON, so that it fits one message of every engine with its envelope.</summary>
    public const int MaxBytes = 48 * 1024;

    /// <summary>The largest status: 8 KiB of UTF-8 JSON.</summary>
    public const int MaxStatusBytes = 8 * 1024;

    /// <summary>Serializes a payload.</summary>
    /// <param name="value">What to write.</param>
    /// <param name="step">Kind and name of the step, for the message: "input of activity 'DiagnoseAgent'".</param>
    /// <param name="limit">The largest size in bytes.</param>
    /// <exception cref="PayloadLimitException">It is larger than <paramref name="limit"/>.</exception>
    public static string Write<T>(T value, string step, int limit = MaxBytes)
    {
        var json = JsonSerializer.Serialize(value, SeamJson.Options);
        Check(json, step, limit);
        return json;
    }

    /// <summary>Serializes a payload by its runtime type: statuses are declared as object.</summary>
    /// <exception cref="PayloadLimitException">It is larger than <paramref name="limit"/>.</exception>
    public static string WriteObject(object value, string step, int limit)
    {
        var json = JsonSerializer.Serialize(value, value.GetType(), SeamJson.Options);
        Check(json, step, limit);
        return json;
    }

    /// <summary>Reads a payload back.</summary>
    /// <exception cref="JsonException">It is not a <typeparamref name="T"/>; the message names the step.</exception>
    public static T Read<T>(string json, string step)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, SeamJson.Options)!;
        }
        catch (JsonException e)
        {
            throw new JsonException($"The {step} is not a {typeof(T).Name}: {e.Message}", e);
        }
    }

    private static void Check(string json, string step, int limit)
    {
        if ((long)json.Length * 3 <= limit)
            return;
        var size = Encoding.UTF8.GetByteCount(json);
        if (size > limit)
            throw new PayloadLimitException(step, size, limit);
    }
}
