namespace SelfImprove.Agents.Manifests.Reading;

/// <summary>What must hold of the rollout: its shares, and who compares answers in the shadow stage.</summary>
internal static class RolloutRules
{
    private const string At = "deployment.rollout.shadow";

    public static void Check(AgentManifest manifest, MistakeList mistakes)
    {
        var shares = manifest.Deployment.Rollout.Shares;
        for (var i = 1; i < shares.Count; i++)
            mistakes.Rule(shares[i] >= shares[i - 1], $"deployment.rollout.shares[{i}]", $"{shares[i]:R} after {shares[i - 1]:R}", "shares that never fall");
        var shadow = manifest.Deployment.Rollout.Shadow;
        mistakes.Rule(shadow.Requests is 0 or >= ShadowSettings.FewestRequests, $"{At}.requests", $"{shadow.Requests}",
            $"0 for no shadow stage, or at least {ShadowSettings.FewestRequests}: fewer requests say nothing");
        CheckScorer(manifest, shadow, mistakes);
        mistakes.Warn(shadow is { Requests: 0 } && shadow != new ShadowSettings(), At, "settings, but requests 0", "requests of 30 or more: otherwise there is no shadow stage");
        mistakes.Warn(manifest.Deployment.MirrorPercent > 0 && shadow.Requests == 0, "deployment.mirrorPercent", $"{manifest.Deployment.MirrorPercent} without a shadow stage",
            $"{At}.requests above 0: traffic is copied to a challenger in that stage alone");
    }

    private static void CheckScorer(AgentManifest manifest, ShadowSettings shadow, MistakeList mistakes)
    {
        var names = manifest.Teachers.Select(t => t.Name).ToList();
        mistakes.Rule(shadow.Scorer != "judge" || manifest.Evaluation.Judge is not null, $"{At}.scorer", "judge", "evaluation.judge with its models, or another scorer");
        mistakes.Rule(shadow.Scorer != "critic" || manifest.Critic.Judge is not null, $"{At}.scorer", "critic", "critic.judge with its model, or another scorer");
        mistakes.Rule(shadow.Scorer != "teacher" || shadow.Teacher is not null || mistakes.IsBroken("teachers") || ShadowTeachers.DefaultOf(manifest) is not null, $"{At}.scorer", "teacher",
            "a teacher that is a model (or a panel or cascade of models), or another scorer");
        mistakes.Warn(shadow is { Requests: > 0, Scorer: "auto", Teacher: null } && manifest.Evaluation.Judge is null && manifest.Critic.Judge is null
            && ShadowTeachers.DefaultOf(manifest) is null, $"{At}.scorer", "auto, but no judge, no critic with a model and no teacher that is one",
            "one of them: otherwise only errors, form and latency are compared");
        if (shadow.Teacher is not { } teacher) return;
        ManifestRules.Reference(mistakes, $"{At}.teacher", teacher, "teachers", names, "one of the teachers");
        mistakes.Rule(mistakes.IsBroken("teachers") || !names.Contains(teacher) || ShadowTeachers.CanAnswer(manifest, teacher), $"{At}.teacher", teacher,
            "a model that is there already, or a panel or cascade of such: people take days, and what a run deploys is gone by then");
        mistakes.Warn(shadow.Scorer is not ("teacher" or "auto"), $"{At}.teacher", $"{teacher} with scorer: {shadow.Scorer}", "scorer: teacher: otherwise nobody asks it");
    }
}
