using SelfImprove.Storage;

namespace SelfImprove.Agents.Manifests.Reading;

/// <summary>What must hold between the parts of a manifest.</summary>
internal static class ManifestRules
{
    public static void Check(AgentManifest manifest, MistakeList mistakes)
    {
        Name(mistakes, "agent", manifest.Agent);
        if (manifest.Group is { } group) Name(mistakes, "group", group);
        CheckMetrics(manifest, mistakes);
        TaskRules.Check(manifest, mistakes);
        TeacherRules.Check(manifest, mistakes);
        TriggerRules.Check(manifest, mistakes);
        CheckEvaluation(manifest, mistakes);
        CheckDeployment(manifest, mistakes);
        mistakes.Warn(manifest.Budget.PerRun > manifest.Budget.PerMonth, "budget.perRun", $"{manifest.Budget.PerRun} USD",
            $"no more than budget.perMonth, {manifest.Budget.PerMonth} USD: one run can never spend it");
    }

    /// <summary>A name that the form allows but file systems do not.</summary>
    public static void Name(MistakeList mistakes, string path, string name) =>
        mistakes.Rule(StoragePath.IsName(name), path, $"the reserved name {name}", "another name: this one is a device on some systems");

    /// <summary>Each name once; tells which of them repeats.</summary>
    public static void Unique(MistakeList mistakes, string path, string member, IReadOnlyList<string> names)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            var at = $"{path}[{i}]{member}";
            if (!mistakes.IsBroken(at) && !seen.TryAdd(names[i], i))
                mistakes.Add(at, SourceNode.Short(names[i]) + $" again, as in {path}[{seen[names[i]]}]", "each name once");
        }
    }

    /// <summary>A reference to one of a list's names.</summary>
    public static void Reference(MistakeList mistakes, string path, string name, string list, IReadOnlyList<string> names, string what)
    {
        // Where a name of the list is itself wrong, it may be the one meant.
        if (mistakes.IsBroken(list) || Enumerable.Range(0, names.Count).Any(i => mistakes.IsBroken($"{list}[{i}].name"))) return;
        mistakes.Rule(names.Contains(name), path, SourceNode.Short(name),
            names.Count == 0
                ? $"{what}, but {list} has none"
                : $"{what}: one of {string.Join(", ", names.Take(20).Select(SourceNode.Short))}{NearestName.Hint(name, names)}");
    }

    private static void CheckMetrics(AgentManifest manifest, MistakeList mistakes)
    {
        var names = manifest.Metrics.Select(m => m.Name).ToList();
        for (var i = 0; i < names.Count; i++)
        {
            var metric = manifest.Metrics[i];
            var at = $"metrics[{i}]";
            Name(mistakes, $"{at}.name", metric.Name);
            mistakes.Rule(metric.Name is not ("comment" or "demonstration"), $"{at}.name", metric.Name, "another name: this one is taken by the runtime");
            if (metric.Type == MetricType.Number)
                mistakes.Rule(metric.Min < metric.Max, $"{at}.max", $"{metric.Max:R}", $"more than min, {metric.Min:R}");
            else
                mistakes.Rule(metric is { Min: 0, Max: 1 }, at, $"a boolean from {metric.Min:R} to {metric.Max:R}", "no min and max, or type: number");
        }
        Unique(mistakes, "metrics", ".name", names);
        Reference(mistakes, "goal.metric", manifest.Goal.Metric, "metrics", names, "one of the metrics");
        if (manifest.Critic.Metric is { } metricOfCritic) Reference(mistakes, "critic.metric", metricOfCritic, "metrics", names, "one of the metrics");
        mistakes.Rule(manifest.Critic.Judge is null || !string.IsNullOrWhiteSpace(manifest.Critic.Judge.Model), "critic.judge.model", "nothing", "a model's reference");
        mistakes.Rule(manifest.Planning.Model is null || !string.IsNullOrWhiteSpace(manifest.Planning.Model.Model), "planning.model.model", "nothing",
            "a model's reference");
        mistakes.Warn(manifest.Critic is { RequestAbove: not null, SampleShare: 0 }, "critic.requestAbove", "a bound, but critic.sampleShare 0",
            "a share above 0: the critic checks nothing");
    }

    private static void CheckEvaluation(AgentManifest manifest, MistakeList mistakes)
    {
        var (evaluation, teachers) = (manifest.Evaluation, manifest.Teachers);
        mistakes.Rule(evaluation.Items <= evaluation.MaxItems || mistakes.IsBroken("evaluation.items"), "evaluation.maxItems",
            $"{evaluation.MaxItems}", $"at least evaluation.items, {evaluation.Items}");
        mistakes.Rule(evaluation.Evaluator != "judge" || evaluation.Judge is not null, "evaluation.evaluator", "judge", "evaluation.judge with its models, or another evaluator");
        mistakes.Rule(evaluation.Evaluator == "http" == evaluation.Http is not null, "evaluation.http",
            evaluation.Http is null ? "nothing with evaluator: http" : "a service, but another evaluator",
            "the service's name with evaluator: http, nothing otherwise");
        if (evaluation.Judge is { } judge) CheckJudge(judge, teachers, mistakes);
        for (var i = 0; i < (evaluation.Harm?.Models.Count ?? 0); i++)
            mistakes.Rule(!string.IsNullOrWhiteSpace(evaluation.Harm!.Models[i]), $"evaluation.harm.models[{i}]", "nothing", "a model's reference");
        mistakes.Warn(evaluation.Harm is not null && manifest.Task.Output == TaskOutput.Label, "evaluation.harm", "models, but task.output: label",
            "no models: an answer is one of the manifest's labels, or fails");
        if (evaluation.GoldenSet is { } golden)
        {
            Name(mistakes, "evaluation.goldenSet", golden);
            mistakes.Rule(!(golden is ['v', _, ..] && golden.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0), "evaluation.goldenSet", golden,
                "another name: sets that labelling makes are called v1, v2, ...");
        }
        mistakes.Rule(evaluation.Evaluator is not ("tokenF1" or "rougeL") || manifest.Task.Output == TaskOutput.Text, "evaluation.evaluator", evaluation.Evaluator,
            "decision: the output is no free text");
        mistakes.Rule(evaluation.Evaluator != "decision" || manifest.Task.Output != TaskOutput.Text, "evaluation.evaluator", "decision",
            "tokenF1: the output is free text");
        mistakes.Rule(evaluation.Evaluator != "toolCall" || manifest.Task.Output == TaskOutput.Tool, "evaluation.evaluator", "toolCall",
            "another one: the output is no tool call");
        if (evaluation.Labeller is not { } labeller) return;
        Reference(mistakes, "evaluation.labeller", labeller, "teachers", [.. teachers.Select(t => t.Name)], "one of the teachers");
        // People's word is what the agent is measured by, whoever of them gave it: theirs are no errors of a pupil's teacher.
        mistakes.Warn(teachers.Count == 1 && teachers[0].Name == labeller && teachers[0].Kind != TeacherKind.People, "evaluation.labeller",
            $"{labeller}, the only teacher",
            "another teacher than the one that labels training data: a teacher that grades its own pupil sees none of its own errors");
    }

    private static void CheckJudge(JudgeSettings judge, IReadOnlyList<TeacherSettings> teachers, MistakeList mistakes)
    {
        for (var i = 0; i < judge.Models.Count; i++)
        {
            var at = $"evaluation.judge.models[{i}]";
            mistakes.Rule(!string.IsNullOrWhiteSpace(judge.Models[i]), at, "nothing", "a model's reference");
            mistakes.Warn(teachers.Any(t => t.Model == judge.Models[i]), at, $"{SourceNode.Short(judge.Models[i])}, a teacher's model",
                "another model: a teacher that judges its own pupil sees none of its own errors");
        }
        ManifestRules.Unique(mistakes, "evaluation.judge.models", "", judge.Models);
    }

    private static void CheckDeployment(AgentManifest manifest, MistakeList mistakes)
    {
        RolloutRules.Check(manifest, mistakes);
        var deployment = manifest.Deployment;
        if (!mistakes.IsBroken("deployment.target") && deployment.Target == DeploymentSettings.RouterTarget)
            mistakes.Rule(deployment.Profile is null, "deployment.profile", $"{deployment.Profile} with target: router", "another target, or no profile: the router needs none");
        else
            mistakes.Rule(manifest.Student.Trainer != "builtin", "deployment.target", $"{deployment.Target} with student.trainer: builtin",
                "router: the built-in student answers where it is");
        mistakes.Warn(deployment is { MirrorPercent: > 0, Target: not "azureml-endpoint" }, "deployment.mirrorPercent", $"{deployment.MirrorPercent} with target: {deployment.Target}",
            "target: azureml-endpoint: no other has traffic of its own to copy");
        mistakes.Warn(manifest.Deployment is { FallbackVersion: not null, WhileImproving: WhileImproving.Clone }, "deployment.fallbackVersion",
            $"{manifest.Deployment.FallbackVersion} with whileImproving: clone", "whileImproving: pause: otherwise it is never used");
    }
}
