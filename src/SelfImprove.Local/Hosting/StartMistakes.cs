using SelfImprove.Azure.Settings;

namespace SelfImprove.Local.Hosting;

/// <summary>Collects why a host can't start, so that all of it is told at once.</summary>
/// <param name="folder">The host's folder.</param>
internal sealed class StartMistakes(HostFolder folder)
{
    private readonly List<HostStartException> _refusals = [];
    private readonly List<string> _mistakes = [];

    /// <summary>Reads or checks something; null where that failed.</summary>
    public T? Try<T>(Func<T> read) where T : class
    {
        try
        {
            return read();
        }
        catch (HostStartException refusal)
        {
            _refusals.Add(refusal);
        }
        catch (InvalidSettingsException wrong)
        {
            _mistakes.AddRange(wrong.Mistakes);
        }
        return null;
    }

    /// <summary>Tells all that failed.</summary>
    /// <exception cref="HostStartException">Something did.</exception>
    public void ThrowIfAny()
    {
        if (_mistakes.Count == 0 && _refusals.Count == 0) return;
        if (_mistakes.Count == 0 && _refusals is [var only]) throw only;
        var told = _refusals.Select(r => r.Message).ToList();
        if (_mistakes.Count > 0)
            told.Add($"{new InvalidSettingsException(_mistakes).Message}\nThe configuration is {Path.Combine(folder.Root, "appsettings.json")} and environment variables such as models__endpoints__main__url.");
        throw new HostStartException(string.Join('\n', told));
    }
}
