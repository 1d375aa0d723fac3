namespace SelfImprove.Agents.Manifests.Reading;

/// <summary>What must hold of the teachers: each kind has what it needs, and panels and cascades end somewhere.</summary>
internal static class TeacherRules
{
    public static void Check(AgentManifest manifest, MistakeList mistakes)
    {
        var teachers = manifest.Teachers;
        var names = teachers.Select(t => t.Name).ToList();
        ManifestRules.Unique(mistakes, "teachers", ".name", names);
        for (var i = 0; i < teachers.Count; i++)
        {
            var (at, teacher) = ($"teachers[{i}]", teachers[i]);
            ManifestRules.Name(mistakes, $"{at}.name", teacher.Name);
            if (mistakes.IsBroken($"{at}.kind")) continue;
            var isGroup = teacher.Kind is TeacherKind.Panel or TeacherKind.Cascade;
            mistakes.Rule(teacher.Deploy is null || teacher is { Kind: TeacherKind.Model, Model: null }, $"{at}.deploy", "a deployment",
                teacher.Kind == TeacherKind.Model ? "model or deploy, not both: what a run deploys needs no reference" : "kind: model, or no deploy");
            if (teacher is { Kind: TeacherKind.Model, Deploy: null })
                mistakes.Rule(!string.IsNullOrWhiteSpace(teacher.Model), $"{at}.model", "nothing", "the model's reference, such as builtin:path: kind is model");
            else mistakes.Rule(teacher.Model is null || teacher.Kind == TeacherKind.Model, $"{at}.model", "a model", "kind: model, or no model");
            if (isGroup) CheckMembers(mistakes, $"{at}.members", teacher, names);
            else mistakes.Rule(teacher.Members.Count == 0, $"{at}.members", $"a list of {teacher.Members.Count}", "kind: panel or cascade, or no members");
            mistakes.Rule(teacher.PeoplePerItem == 1 || teacher.Kind == TeacherKind.People, $"{at}.peoplePerItem", $"{teacher.PeoplePerItem}", "kind: people");
        }
        CheckCycles(teachers, mistakes);
    }

    private static void CheckMembers(MistakeList mistakes, string path, TeacherSettings teacher, List<string> names)
    {
        mistakes.Rule(teacher.Members.Count >= 2, path, teacher.Members.Count == 0 ? "none" : "one", "at least two other teachers");
        for (var m = 0; m < teacher.Members.Count; m++)
            ManifestRules.Reference(mistakes, $"{path}[{m}]", teacher.Members[m], "teachers", names, "another teacher");
        ManifestRules.Unique(mistakes, path, "", teacher.Members);
    }

    private static void CheckCycles(IReadOnlyList<TeacherSettings> teachers, MistakeList mistakes)
    {
        var byName = teachers.GroupBy(t => t.Name).ToDictionary(g => g.Key, g => g.First());
        var closed = new HashSet<string>();
        for (var i = 0; i < teachers.Count; i++)
        {
            if (closed.Contains(teachers[i].Name) || Cycle(teachers[i].Name, [], byName) is not { } cycle) continue;
            closed.UnionWith(cycle);
            mistakes.Rule(false, $"teachers[{i}].members", $"a circle: {string.Join(" asks ", cycle)}", "members that end at models or people");
        }
    }

    /// <summary>The way from a teacher back to itself; null where there is none. Teachers are few: each start is walked anew.</summary>
    private static List<string>? Cycle(string start, HashSet<string> seen, Dictionary<string, TeacherSettings> teachers)
    {
        var way = new Stack<(string Name, List<string> Path)>([(start, [start])]);
        while (way.TryPop(out var at))
        {
            if (!teachers.TryGetValue(at.Name, out var teacher)) continue;
            foreach (var member in teacher.Members)
            {
                if (member == start) return [.. at.Path, start];
                if (seen.Add(member)) way.Push((member, [.. at.Path, member]));
            }
        }
        return null;
    }
}
