using SelfImprove.Agents.Manifests;

namespace SelfImprove.Planning;

/// <summary>All that the planner looks at: plain numbers, so that a choice can be repeated and explained.</summary>
public sealed record PlanningFacts
{
    /// <summary>The pinned manifest.</summary>
    public required AgentManifest Manifest { get; init; }

    /// <summary>What is wrong.</summary>
    public required Diagnosis Diagnosis { get; init; }

    /// <summary>The formats that the trainer takes.</summary>
    public required IReadOnlySet<string> Formats { get; init; }

    /// <summary>Measured points of the learning curve.</summary>
    public IReadOnlyList<CurvePoint> Curve { get; init; } = [];

    /// <summary>Unlabelled recent inputs of the training side that could be labelled now.</summary>
    public int Pool { get; init; }

    /// <summary>
    /// What a teacher could be asked about, now and after waiting for <paramref name="wait"/> requests. In a later round, what another
    /// teacher has labelled without success is open to this one again.
    /// </summary>
    public int PoolFor(string? teacher, int wait) =>
        Pool + (int)(wait * PoolPerHundred / 100) + (Earlier.Count > 0 && teacher is not null && teacher != SamplePilot.TeacherOf(Manifest)?.Name ? Labelled : 0);

    /// <summary>Of a hundred requests to come, how many are new inputs that could be labelled.</summary>
    public double PoolPerHundred { get; init; }

    /// <summary>Demonstrations given as feedback that are not in the champion's dataset.</summary>
    public int Corrections { get; init; }

    /// <summary>Training-side inputs labelled earlier in the run (pilots, rounds before): trained on besides what the plan asks for.</summary>
    public int Labelled { get; init; }

    /// <summary>Validation items that are labelled already.</summary>
    public int ValidationItems { get; init; }

    /// <summary>Recent inputs of the validation side, labelled or not.</summary>
    public int ValidationPool { get; init; }

    /// <summary>Of a hundred requests to come, how many are new inputs of the validation side.</summary>
    public double ValidationPerHundred { get; init; }

    /// <summary>What is left of run and month budget, in USD.</summary>
    public required decimal Left { get; init; }

    /// <summary>What rounds before this one did, oldest first.</summary>
    public IReadOnlyList<RoundResult> Earlier { get; init; } = [];

    /// <summary>Whether training is cheap enough to be repeated while data is gathered: then labels are bought in waves.</summary>
    public bool TrainsCheaply { get; init; }

    /// <summary>Rows that the champion was trained on; 0 where it has no dataset.</summary>
    public int ChampionRows { get; init; }

    /// <summary>The champion's rows by decision.</summary>
    public IReadOnlyDictionary<string, int> RowsOfDecision { get; init; } = new Dictionary<string, int>();

    /// <summary>What more rows like the champion's would bring, from its own rows and past runs; null where they say nothing of what is needed now.</summary>
    public LearningCurveForecast? Forecast { get; init; }

    /// <summary>Realised over predicted gain on this agent's past runs, shrunk towards 1.</summary>
    public double Realism { get; init; } = 1;

    /// <summary>What preference pairs would bring, as measured; null where nothing tells.</summary>
    public PreferenceEvidence? Preference { get; init; }

    /// <summary>How the verifier of self-play did on labelled inputs; null where there is no verifier, or nothing to audit it by.</summary>
    public VerifierAudit? SelfPlay { get; init; }

    /// <summary>Requests already waited for in this run.</summary>
    public int Waited { get; init; }

    /// <summary>Whether a person asked: then a plan need not pay for itself, only be likely to help.</summary>
    public bool Asked { get; init; }
}
