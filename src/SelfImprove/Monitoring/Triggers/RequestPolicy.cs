using SelfImprove.Agents.Manifests;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>
/// Fires where somebody asked. A person is always heard; the critic, the planner and agents of the environment where the manifest names the policy.
/// </summary>
public static class RequestPolicy
{
    /// <summary>How long a request waits (for a run to end, a budget to be refilled) before it is out of date.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromDays(7);

    private const int Shown = 5;

    /// <summary>The requests that count.</summary>
    public static IReadOnlyList<ImprovementRequest> Heard(IReadOnlyList<ImprovementRequest> waiting, bool isNamed, DateTimeOffset now) =>
        [.. waiting.Where(r => (isNamed || r.By.Kind == RequesterKind.Person) && now - r.At <= MaxAge).OrderByDescending(r => r.By.Kind == RequesterKind.Person)];

    /// <summary>Judges the requests that wait. The reason begins with the first one's own words: <see cref="PolicyEvidence.By"/> says whose they are.</summary>
    public static PolicyEvidence Decide(IReadOnlyList<ImprovementRequest> waiting, bool isNamed, DateTimeOffset now)
    {
        var heard = Heard(waiting, isNamed, now);
        var numbers = new Dictionary<string, double> { ["waiting"] = waiting.Count, ["heard"] = heard.Count };
        if (heard.Count > 0)
        {
            var words = heard.Take(Shown).Select((r, i) => i == 0 ? r.Reason : $"{r.By}: {r.Reason}");
            return PolicyEvidence.Yes(TriggerKind.Request, heard[0].By.ToString(), string.Join("; ", words), numbers);
        }
        var reason = waiting.Count == 0 ? "Nobody asked." : $"{waiting.Count} asked who are not heard: the manifest has no trigger of kind request.";
        return PolicyEvidence.No(TriggerKind.Request, reason, numbers);
    }
}
