using SelfImprove.Local.Demo;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Local.Lab;

/// <summary>What would have come of the same traffic without the loop: a policy that retrains by the calendar, or never.</summary>
/// <param name="options">The laboratory's.</param>
/// <param name="scenario">The scenario.</param>
/// <param name="seed">The seed.</param>
public sealed class LabBaseline(LabOptions options, LabScenario scenario, int seed)
{
    private readonly LabTraffic _traffic = new(options, scenario, seed);
    private readonly Dictionary<string, string> _labels = new(StringComparer.Ordinal);
    private readonly List<LabelledText> _seen = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private int _versions;
    private int _retrained;

    /// <summary>Plays it.</summary>
    /// <param name="policy">Which.</param>
    /// <param name="labels">Of <see cref="LabPolicy.Weekly"/>: the labels that it may buy in all.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public LabResult Play(LabPolicy policy, int labels, CancellationToken cancellationToken)
    {
        var random = new SeededRandom((ulong)seed).Split($"lab-{policy}");
        var teacher = new LabTeacher(_traffic);
        var meter = new LabMeter(options, scenario, _traffic, _labels.ContainsKey);
        var student = Train(_traffic.Data.Start, cancellationToken);
        Serve(meter, student);
        var weeks = (options.Interactions - 1) / options.Week;
        for (var at = 0; at < options.Interactions; at++)
        {
            if (at == options.ChangeAt && scenario == LabScenario.Regression) Serve(meter, student = Train(_traffic.Spoilt(), cancellationToken));
            var request = _traffic.Requests[at];
            meter.Note(student.Predict(request.Said.Text).Label == request.Said.Label);
            if (!request.Scored && _known.Add(request.Said.Text)) _seen.Add(request.Said);
            var due = policy switch
            {
                LabPolicy.Weekly => labels > 0 && (at + 1) % options.Week == 0 && at + 1 < options.Interactions,
                LabPolicy.Everything => random.NextBool(1.0 / options.Week),
                _ => false,
            };
            if (due)
            {
                var fresh = _seen.Where(s => !_labels.ContainsKey(s.Text)).ToList();
                foreach (var text in policy == LabPolicy.Everything ? fresh : random.Sample(fresh, Math.Min(fresh.Count, (labels + weeks - 1) / weeks)))
                    _labels[text.Text] = teacher.Label(text.Text)!;
                // In the order in which they came: a dictionary's is nobody's promise.
                var rows = _seen.Where(s => _labels.ContainsKey(s.Text)).Select(s => s with { Label = _labels[s.Text] });
                student = Train(_traffic.Data.Start.Concat(rows), cancellationToken);
                Serve(meter, student);
                _retrained++;
            }
            if (meter.Count == meter.Edge) meter.CloseBucket(_labels.Count * LabTeacher.Price, _labels.Count, _retrained);
        }
        return meter.Result(policy);
    }

    private void Serve(LabMeter meter, StudentModel student)
    {
        var version = $"t{++_versions}";
        meter.Know(version, text => student.Predict(text).Label);
        meter.Serve(version);
    }

    private static StudentModel Train(IEnumerable<LabelledText> rows, CancellationToken cancellationToken) =>
        StudentTrainer.Train(DemoTeacher.Examples(rows), StudentSettings.Default with { Calibrate = false, MaxThreads = 1 }, 1, cancellationToken);
}
