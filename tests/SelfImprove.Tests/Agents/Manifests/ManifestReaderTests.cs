using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Manifests.Reading;

namespace SelfImprove.Tests.Agents.Manifests;

public sealed class ManifestReaderTests
{
    private const string Valid = """
        agent: helpdesk
        description: Routes tickets
        goal:
          metric: helpful
          target: 0.9
          value: 0.05
        metrics:
          - name: helpful
          - { name: speed, type: number, min: 0, max: 10, higherIsBetter: false }
        task:
          output: label
          labels: [billing, access, 404, true]
        teachers:
          - name: strong
            model: builtin:teachers/strong.model
            price: 0.002
          - { name: staff, kind: people, price: 0.25, due: 2d, peoplePerItem: 2 }
          - { name: both, kind: cascade, members: [strong, staff] }
        triggers:
          - kind: schedule
            cron: 0 3 * * 1
            timeZone: Europe/Berlin
          - kind: trend
          - { kind: threshold, window: 200, confidence: 0.99 }
        improvement: { mode: auto, coolDown: PT6H }
        evaluation: { labeller: staff }
        deployment:
          rollout: { shares: [0.1, 0.5], deadline: 1d12h, lookEvery: 30s }
        feedback:
          maturity: 00:10:00
          wrongShare: 0.15
        """;

    [Fact]
    public void Parse_Yaml_ReadsEveryForm()
    {
        var reading = ManifestReader.Parse(Valid, "helpdesk.yaml");

        reading.Mistakes.ShouldBeEmpty();
        reading.Warnings.ShouldBeEmpty();
        var m = reading.Manifest!;
        m.Task.Labels.ShouldBe(["billing", "access", "404", "true"]);
        m.Goal.Value.ShouldBe(0.05m);
        m.Metrics[1].ShouldBe(new MetricSettings { Name = "speed", Type = MetricType.Number, Max = 10, HigherIsBetter = false });
        m.Teachers[1].Due.ShouldBe(TimeSpan.FromDays(2));
        m.Improvement.ShouldBe(new ImprovementSettings { Mode = ImprovementMode.Auto, CoolDown = TimeSpan.FromHours(6) });
        m.Deployment.Rollout.Deadline.ShouldBe(TimeSpan.FromHours(36));
        m.Feedback.Maturity.ShouldBe(TimeSpan.FromMinutes(10));
        m.Triggers[0].Cron.ShouldBe("0 3 * * 1");
        m.Data.BatchSize.ShouldBe(50);
    }

    [Theory]
    [InlineData("{ requests: 200 }", null, null)]
    [InlineData("{ requests: 200, share: 0.5, maxDuration: 6h, scorer: teacher, teacher: strong }", null, null)]
    [InlineData("{ requests: 200, scorer: teacher, teacher: both }", null, null)]
    [InlineData("{ requests: 29 }", "requests: found 29; expected 0 for no shadow stage, or at least 30: fewer requests say nothing", null)]
    [InlineData("{ requests: 200, share: 0 }", "share: found 0", null)]
    [InlineData("{ requests: 200, scorer: ada }", "scorer: found ada", null)]
    [InlineData("{ requests: 200, scorer: judge }", "scorer: found judge; expected evaluation.judge with its models, or another scorer", null)]
    [InlineData("{ requests: 200, scorer: critic }", "scorer: found critic; expected critic.judge with its model, or another scorer", null)]
    [InlineData("{ requests: 200, scorer: teacher, teacher: strang }", "teacher: found strang; expected one of the teachers: one of strong, staff, both", null)]
    [InlineData("{ requests: 200, scorer: teacher, teacher: staff }", "teacher: found staff; expected a model that is there already, or a panel or cascade of such", null)]
    [InlineData("{ requests: 200, scorer: none, teacher: strong }", null, "teacher: found strong with scorer: none; expected scorer: teacher")]
    [InlineData("{ share: 0.5 }", null, "shadow: found settings, but requests 0; expected requests of 30 or more")]
    public void Parse_Shadow_ToldWhatIsWrongAndWhatIsDoubtful(string shadow, string? mistake, string? warning)
    {
        var reading = ManifestReader.Parse(Valid.Replace("lookEvery: 30s }", $"lookEvery: 30s, shadow: {shadow} }}"), "helpdesk.yaml");

        Check(reading.Mistakes, mistake);
        Check(reading.Warnings, warning);

        static void Check(IReadOnlyList<ManifestMistake> found, string? expected)
        {
            if (expected is null) found.ShouldBeEmpty();
            else found.ShouldHaveSingleItem().ToString().ShouldContain($"deployment.rollout.shadow{(expected.StartsWith("shadow", StringComparison.Ordinal) ? expected["shadow".Length..] : "." + expected)}");
        }
    }

    [Fact]
    public void Parse_ShadowWithoutAnybodyToCompareOrMirroringWithoutAShadow_IsDoubtful()
    {
        var alone = Valid[..Valid.IndexOf("teachers:", StringComparison.Ordinal)] + "deployment: { rollout: { shadow: { requests: 50 } } }\n";
        ManifestReader.Parse(alone, "helpdesk.yaml").Warnings.ShouldHaveSingleItem().ToString().ShouldContain("deployment.rollout.shadow.scorer: found auto, but no judge, no critic with a model and no teacher that is one");
        var mirrors = Valid.Replace("deployment:", "student: { trainer: openai }\ndeployment:\n  target: azureml-endpoint\n  mirrorPercent: 20");
        ManifestReader.Parse(mirrors, "helpdesk.yaml").Warnings.ShouldHaveSingleItem().ToString().ShouldContain("deployment.mirrorPercent: found 20 without a shadow stage");
    }

    [Fact]
    public void Parse_ManyMistakes_AllAtOnceWithPathFoundExpectedAndLine()
    {
        const string Text = """
            agent: Help Desk
            gaol: {}
            goal:
              metric: helpfull
              target: 1.5
            metrics:
              - name: helpful
              - name: helpful
              - type: wrong
            task:
              output: label
              labels: [billing, billing, '']
            teachers:
              - { name: strong, price: -3 }
              - { name: p1, kind: panel, members: [p2, nobody] }
              - { name: p2, kind: panel, members: [p1, strong] }
              - staff
            triggers:
              - kind: schedule
                cron: every day
                timeZone: Mars/Olympus
              - kind: trend
                window: five
            improvement: { coolDown: 24 }
            planning: { maxRounds: 99 }
            evaluation: { labeller: strnog, items: 900, maxItems: 100 }
            deployment:
              rollout: { shares: [0.5, 0.2, 1] }
            """;

        var reading = ManifestReader.Parse(Text, "x.yml");

        reading.Manifest.ShouldBeNull();
        reading.Mistakes.Select(m => (m.Line, m.Path)).ShouldBe(
        [
            (1, "agent"), (2, "gaol"), (5, "goal.target"), (8, "metrics[1].name"), (9, "metrics[2].name"), (9, "metrics[2].type"),
            (12, "task.labels[2]"), (12, "task.labels[1]"), (14, "teachers[0].price"), (14, "teachers[0].model"), (15, "teachers[1].members"),
            (17, "teachers[3]"), (20, "triggers[0].cron"), (21, "triggers[0].timeZone"), (23, "triggers[1].window"), (24, "improvement.coolDown"),
            (25, "planning.maxRounds"), (26, "evaluation.maxItems"), (28, "deployment.rollout.shares[2]"), (28, "deployment.rollout.shares[1]"),
        ], ignoreOrder: true, customMessage: string.Join("\n", reading.Mistakes));
        One(reading, "gaol").ToString().ShouldStartWith("line 2: gaol: found an unknown key; expected one of agent, ");
        One(reading, "gaol").Expected.ShouldEndWith("(did you mean goal?)");
        One(reading, "goal.target").ShouldBe(new ManifestMistake("goal.target", "1.5", "a number in (0, 1]", 5));
        One(reading, "improvement.coolDown").ShouldBe(new ManifestMistake("improvement.coolDown", "24", "a duration such as 30m, 24h, 2d or PT30M", 24));
        One(reading, "teachers[1].members").Found.ShouldBe("a circle: p1 asks p2 asks p1");
        One(reading, "metrics[2].type").Expected.ShouldBe("one of boolean, number");
    }

    public static TheoryData<string, string, string, string> Single => new()
    {
        { "metric: helpful", "metric: helpfull", "goal.metric", "one of the metrics: one of helpful, speed (did you mean helpful?)" },
        { "labeller: staff", "labeller: stuff", "evaluation.labeller", "(did you mean staff?)" },
        { "members: [strong, staff]", "members: [strong, stuff]", "teachers[2].members[1]", "(did you mean staff?)" },
        { "members: [strong, staff]", "members: [strong]", "teachers[2].members", "at least two" },
        { "members: [strong, staff]", "members: [strong, both]", "teachers[2].members", "end at models or people" },
        { "agent: helpdesk", "agent: con", "agent", "a device" },
        { "agent: helpdesk", "agent: ../x", "agent", "a-z, 0-9" },
        { "agent: helpdesk", "agent:", "agent", "it is required" },
        { "- name: helpful", "- name: comment", "metrics[0].name", "taken" },
        { "min: 0, max: 10", "min: 10, max: 10", "metrics[1].max", "more than min, 10" },
        { "target: 0.9", "target: \"0.9\"", "goal.target", "a number, without quotes" },
        { "target: 0.9", "target: .nan", "goal.target", "a number" },
        { "target: 0.9", "", "triggers[2]", "goal.target" },
        { "labels: [billing, access, 404, true]", "labels: [billing]", "task.labels", "at least two" },
        { "labels: [billing, access, 404, true]", "labels: billing", "task.labels", "a list" },
        { "output: label", "output: labels", "task.output", "one of label, tool, text (did you mean label?)" },
        { "kind: trend", "kind: trned", "triggers[1].kind", "(did you mean trend?)" },
        { "kind: trend", "{ kind: trend, cron: 0 3 * * 1 }", "triggers[1].cron", "no times" },
        { "cron: 0 3 * * 1", "cron: 0 3 * * 1 7", "triggers[0].cron", "five fields" },
        { "cron: 0 3 * * 1", "", "triggers[0].cron", "five fields" },
        { "timeZone: Europe/Berlin", "timeZone: ../../etc/passwd", "triggers[0].timeZone", "IANA" },
        { "wrongShare: 0.15", "wrongShare: 0.5", "feedback.wrongShare", "[0, 0.5)" },
        { "maturity: 00:10:00", "maturity: -1m", "feedback.maturity", "a duration" },
        { "maturity: 00:10:00", "maturity: -00:10:00", "feedback.maturity", "0s to 3650d" },
        { "deadline: 1d12h", "deadline: 99999d", "deployment.rollout.deadline", "1s to 3650d" },
        { "price: 0.002", "price: 0.002\n    model: again", "teachers[0].model", "each key once" },
        { "peoplePerItem: 2", "peoplePerItem: 6", "teachers[1].peoplePerItem", "[1, 5]" },
        { "price: 0.002", "peoplePerItem: 2", "teachers[0].peoplePerItem", "kind: people" },
        { "description: Routes tickets", "description: [a]", "description", "a text" },
        { "goal:", "goal: 3\nxgoal:", "goal", "a group of keys" },
    };

    [Theory]
    [MemberData(nameof(Single))]
    public void Parse_OneThingWrong_IsThatOneMistake(string right, string wrong, string path, string expected)
    {
        Valid.ShouldContain(right);

        var reading = ManifestReader.Parse(Valid.Replace(right, wrong), "x.yaml");

        var all = string.Join("\n", reading.Mistakes);
        reading.Manifest.ShouldBeNull();
        One(reading, path).Expected.ShouldContain(expected, customMessage: all);
        reading.Mistakes.Count(m => m.Path != "xgoal").ShouldBe(1, all);
    }

    [Theory]
    [InlineData("a: &x 1", "an anchor")]
    [InlineData("a: *x", "alias")]
    [InlineData("a: !!binary aGk=", "a tag")]
    [InlineData("a: 1\n---\nb: 2", "a second document")]
    [InlineData("a: [1", "not YAML")]
    [InlineData("a: b: c", "not YAML")]
    [InlineData("? [a]\n: b", "a key that is no text")]
    [InlineData("", "nothing")]
    [InlineData("just words", "just words")]
    [InlineData("{\"a\": }", "not JSON")]
    [InlineData("{\"a\": \"\\ud800\"}", "surrogate")]
    [InlineData("{} {}", "not JSON")]
    public void Parse_UnreadableText_IsOneMistake(string text, string found)
    {
        var reading = ManifestReader.Parse(text);
        reading.Manifest.ShouldBeNull();
        reading.Mistakes.ShouldHaveSingleItem().Found.ShouldContain(found);
    }

    [Fact]
    public void Parse_TooLongOrTooDeep_IsRefused()
    {
        ManifestReader.Parse(new string(' ', ManifestReader.MaxBytes + 1)).Mistakes.ShouldHaveSingleItem().Expected.ShouldBe("at most 262,144");
        ManifestReader.Parse("a: " + new string('[', 200_000), ".yaml").Mistakes.ShouldHaveSingleItem().Found.ShouldContain("32 levels");
        ManifestReader.Parse("{\"a\": " + new string('[', 200_000), ".json").Mistakes.ShouldHaveSingleItem().Found.ShouldContain("depth");
    }

    [Theory]
    [InlineData("sk-" + "abcdEFGH12345678ijkl")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=x;" + "AccountKey=" + "abcd1234==")]
    [InlineData("Authorization: Bearer " + "abcdefghijklmnop1234")]
    [InlineData("Zx9Kq2Lm8Vb3Nn7Rt5Yw1Pc6Hd4Js0Fg2Ua8Ie5Ok7Tz3")]
    public void Parse_LooksLikeASecret_IsRefusedAndNeverShown(string secret)
    {
        var reading = ManifestReader.Parse(Valid.Replace("Routes tickets", $"'{secret}'"), "x.yaml");

        var mistake = reading.Mistakes.ShouldHaveSingleItem();
        mistake.Path.ShouldBe("description");
        mistake.Expected.ShouldContain("host's configuration");
        mistake.ToString().ShouldNotContain(secret);
    }

    [Fact]
    public void Parse_SecretUnderAnUnknownKey_IsOneMistakeWithoutItsText()
    {
        var reading = ManifestReader.Parse(Valid + "\napiKey: hunter2", "x.yaml");

        reading.Mistakes.ShouldHaveSingleItem().ToString().ShouldSatisfyAllConditions(s => s.ShouldContain("host's configuration"), s => s.ShouldNotContain("hunter2"));
    }

    [Theory]
    [InlineData("The agent reads /mnt/models/Llama-3-70B-Instruct-HF-2024-11-12/student.model and answers")]
    [InlineData("ThisIsAVeryLongCamelCaseIdentifierThatNamesAnIntent2024")]
    [InlineData("sk-ill is not a key")]
    public void Parse_LongButHarmless_IsNoSecret(string text) => ManifestReader.Parse(Valid.Replace("Routes tickets", text), "x.yaml").Mistakes.ShouldBeEmpty();

    [Fact]
    public void Parse_Tools_TheirSchemasAreKept()
    {
        var text = Valid.Replace("output: label", "output: tool").Replace("labels: [billing, access, 404, true]", """
            tools:
                - name: book_room
                  parameters: { type: object, properties: { people: { type: integer, minimum: 1 }, beamer: { default: true } } }
                - { name: cancel-room, description: Cancels }
            """);

        var reading = ManifestReader.Parse(text, "x.yaml");

        reading.Mistakes.ShouldBeEmpty(string.Join("\n", reading.Mistakes));
        reading.Manifest!.Task.Tools[0].Parameters!.Value.GetRawText().ShouldBe("""{"type":"object","properties":{"people":{"type":"integer","minimum":1},"beamer":{"default":true}}}""");
        reading.Manifest.Task.Decisions.ShouldBe(["book_room", "cancel-room"]);

        var wrong = ManifestReader.Parse(text.Replace("cancel-room", "cancel room").Replace("parameters: { type: object", "parameters: { type: array"), "x.yaml");
        wrong.Mistakes.Select(m => m.Path).ShouldBe(["task.tools[0].parameters.type", "task.tools[1].name"]);
    }

    [Fact]
    public void Parse_DoubtfulChoices_AreWarnings()
    {
        var text = Valid.Replace("labeller: staff", "labeller: strong").Replace("  - { name: staff, kind: people, price: 0.25, due: 2d, peoplePerItem: 2 }\n", "")
            .Replace("  - { name: both, kind: cascade, members: [strong, staff] }\n", "").Replace("window: 200", "window: 5000");

        var reading = ManifestReader.Parse(text + "\nbudget: { perRun: 60, perMonth: 10 }", "x.yaml");

        reading.IsValid.ShouldBeTrue();
        reading.Warnings.Select(w => w.Path).ShouldBe(["triggers[2].window", "evaluation.labeller", "budget.perRun"]);
    }

    [Fact]
    public void Parse_PeopleAsTheOnlyTeacher_MayLabelTheValidationToo()
    {
        var text = Valid.Replace("  - { name: both, kind: cascade, members: [strong, staff] }\n", "")
            .Replace("  - name: strong\n    model: builtin:teachers/strong.model\n    price: 0.002\n", "");

        var reading = ManifestReader.Parse(text, "x.yaml");

        reading.Manifest!.Teachers.Single().Name.ShouldBe(reading.Manifest.Evaluation.Labeller);
        reading.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("30m", 30 * 60)]
    [InlineData("24h", 24 * 3600)]
    [InlineData("2d", 2 * 86400)]
    [InlineData("1w", 7 * 86400)]
    [InlineData("1h30m", 5400)]
    [InlineData("90s", 90)]
    [InlineData("1500ms", 1.5)]
    [InlineData("PT1.5S", 1.5)]
    [InlineData("P1DT2H", 26 * 3600)]
    [InlineData("1.06:00:00", 30 * 3600)]
    [InlineData("\"10m\"", 600)]
    public void Parse_Durations_InEveryForm(string written, double seconds)
    {
        var reading = ManifestReader.Parse(Valid.Replace("maturity: 00:10:00", $"maturity: {written}"), "x.yaml");

        reading.Mistakes.ShouldBeEmpty();
        reading.Manifest!.Feedback.Maturity.ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Theory]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("P1DT")]
    [InlineData("P1Y")]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("30 minutes")]
    [InlineData("30m1h")]
    public void Parse_NoDuration_IsAMistake(string written) =>
        ManifestReader.Parse(Valid.Replace("maturity: 00:10:00", $"maturity: {written}"), "x.yaml").Mistakes.ShouldHaveSingleItem().Path.ShouldBe("feedback.maturity");

    private static ManifestMistake One(ManifestReading reading, string path) => reading.Mistakes.First(m => m.Path == path);
}
