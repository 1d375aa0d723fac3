using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using SelfImprove.Azure.Outbound;
using SelfImprove.Azure.Settings;

namespace SelfImprove.Azure.Secrets;

/// <summary>
/// The secrets that the host's configuration lists in its section <c>secrets</c>. A value is read when it is sent, so that a changed one is used at once,
/// and given out only together with the address it is sent to:
/// <code>
/// "secrets": { "teacher-key": { "variable": "OPENAI_API_KEY", "hosts": ["api.openai.com"] } }
/// </code>
/// </summary>
public sealed partial class SecretBook
{
    private const string Hidden = "[secret]";
    private readonly Dictionary<string, SecretBinding> _bindings;
    private readonly Func<SecretBinding, string?> _read;

    /// <summary>Creates it.</summary>
    /// <param name="bindings">The secrets there are.</param>
    /// <param name="read">Reads the value of one; null where there is none.</param>
    public SecretBook(IEnumerable<SecretBinding> bindings, Func<SecretBinding, string?> read) =>
        (_bindings, _read) = (bindings.ToDictionary(b => b.Name, StringComparer.Ordinal), read);

    /// <summary>The names there are.</summary>
    public IReadOnlyCollection<string> Names => _bindings.Keys;

    /// <summary>Reads the section.</summary>
    public static SecretBook Read(IConfiguration configuration, ICollection<string> mistakes)
    {
        var bindings = new List<SecretBinding>();
        foreach (var reader in new SettingsReader(configuration.GetSection("secrets"), mistakes).Sections())
        {
            var (variable, setting) = (reader.Text("variable"), reader.Text("setting"));
            if (variable is null == setting is null)
                reader.Wrong("",
                    "names either 'variable' (an environment variable) or 'setting' (a setting's path) that holds the value; the value itself has no place here");
            var hosts = new List<HostPattern>();
            foreach (var text in reader.List("hosts"))
            {
                if (HostPattern.TryParse(text, out var pattern)) hosts.Add(pattern!);
                else reader.Wrong("hosts", $"'{text}' is no host pattern such as api.example.com, *.example.com or localhost:8000");
            }
            if (hosts.Count == 0) reader.Wrong("hosts", "names no host; a secret is sent to the hosts listed here and to no other");
            reader.Finish();
            bindings.Add(new SecretBinding(reader.Name, hosts, variable, setting));
        }
        return new SecretBook(bindings, b => b.Variable is { } name ? Environment.GetEnvironmentVariable(name) : configuration[b.Setting ?? ""]);
    }

    /// <summary>The value of a secret, for a request to an address.</summary>
    /// <exception cref="SecretRefusedException">It is not listed, not bound to that host, or has no usable value.</exception>
    public string For(string name, Uri address)
    {
        if (Problem(name, address) is { } problem) throw new SecretRefusedException(problem);
        return _read(_bindings[name])!;
    }

    /// <summary>What is wrong with sending a secret to an address, for a person; null where nothing is.</summary>
    public string? Problem(string name, Uri address)
    {
        if (!_bindings.TryGetValue(name, out var binding))
            return $"there is no secret '{name}'. "
                + $"{(_bindings.Count == 0 ? "The section 'secrets' lists none" : "There are: " + string.Join(", ", _bindings.Keys.Order(StringComparer.Ordinal)))}";
        if (!binding.Hosts.Any(h => h.Matches(address)))
            return $"the secret '{name}' is not bound to {address.Authority}, but to {string.Join(", ", binding.Hosts)}. "
                + $"If it is meant to be sent there, add the host to secrets:{name}:hosts";
        var value = _read(binding);
        var place = binding.Variable is { } variable ? $"the environment variable {variable}" : $"the setting {binding.Setting}";
        if (string.IsNullOrEmpty(value)) return $"the secret '{name}' has no value: set {place}";
        return value.All(c => c is > ' ' and < '\x7f')
            ? null
            : $"the value of the secret '{name}' ({place}) has spaces, line breaks or other characters that no key has";
    }

    /// <summary>A text of foreign origin with every known secret, and whatever looks like a key or token, left out.</summary>
    public string Redact(string text)
    {
        foreach (var binding in _bindings.Values)
        {
            if (_read(binding) is not { Length: > 3 } value) continue;
            text = text.Replace(value, Hidden, StringComparison.Ordinal).Replace(Uri.EscapeDataString(value), Hidden, StringComparison.Ordinal);
        }
        return TokenLike().Replace(text, Hidden);
    }

    // Bearer headers, JSON web tokens, and keys in the form of OpenAI's, whole or starred out.
    [GeneratedRegex(@"(?i:bearer)\s+\S{8,}|eyJ[\w-]{8,}(\.[\w-]+)*|\bsk-[\w*.-]{4,}", RegexOptions.CultureInvariant)]
    private static partial Regex TokenLike();
}
