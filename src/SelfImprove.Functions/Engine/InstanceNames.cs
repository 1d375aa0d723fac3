using System.Security.Cryptography;
using System.Text;

namespace SelfImprove.Functions.Engine;

/// <summary>
/// Our instance ids as Durable Functions takes them: it refuses <c>/ \ # ?</c> and a leading <c>@</c>, and more than 100 characters. The mapping is one to one and
/// keeps prefixes; an id too long for it ends in a hash of itself, and is then told by the instance's input (<see cref="OrchestratorCall"/>).
/// </summary>
public static class InstanceNames
{
    /// <summary>The longest name that Durable Functions takes.</summary>
    public const int MaxLength = 100;

    private const int MaxIdLength = 300;
    private const int HashDigits = 20;
    private const int Kept = MaxLength - 2 - HashDigits;
    private const string HashMark = "~h";

    // The position is the digit.
    private const string Escaped = "~/\\#?@";

    /// <summary>The name of an id.</summary>
    /// <exception cref="ArgumentException">It is no instance id.</exception>
    public static string Encode(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (id.Length is 0 or > MaxIdLength || id.Any(char.IsControl))
            throw new ArgumentException($"'{id}' is no instance id: 1 to {MaxIdLength} characters without control characters are expected.", nameof(id));
        var name = Escape(id);
        if (name.Length <= MaxLength) return name;
        return name[..Kept] + HashMark + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..HashDigits];
    }

    /// <summary>What the names of all ids begin with that begin with <paramref name="idPrefix"/>; those of some others too.</summary>
    public static string Prefix(string idPrefix)
    {
        var prefix = Escape(idPrefix);
        return prefix.Length <= Kept ? prefix : prefix[..Kept];
    }

    /// <summary>The id of a name; null where the name holds only a hash of it.</summary>
    public static string? Decode(string name)
    {
        if (name.Length == MaxLength && name.AsSpan(Kept, HashMark.Length).SequenceEqual(HashMark)) return null;
        var id = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            var digit = name[i] == '~' && i + 1 < name.Length ? name[i + 1] - '0' : -1;
            if (digit >= 0 && digit < Escaped.Length)
            {
                id.Append(Escaped[digit]);
                i++;
            }
            else
            {
                id.Append(name[i]);
            }
        }
        return id.ToString();
    }

    private static string Escape(string id)
    {
        var name = new StringBuilder(id.Length + 8);
        foreach (var character in id)
        {
            var digit = Escaped.IndexOf(character);
            if (digit < 0) name.Append(character);
            else name.Append('~').Append((char)('0' + digit));
        }
        return name.ToString();
    }
}
