namespace SelfImprove.Planning;

/// <summary>
/// The error expected after n new rows. A class of which r rows are known errs f(r) = c + (1 - c) (1 + r / h)^-b: the power law
/// a n^-b + c of learning curves (Hestness et al., "Deep learning scaling is predictable, empirically", 2017), shifted so that
/// a class never seen is always wrong. Traffic is a share u of classes that the champion was never taught and the rest, which it
/// knows as well as its error there says; new rows spread over traffic as it comes. h, b and c are weighed on a grid by the
/// measured points (binomial likelihood, as a teacher with accuracy q sees them) and a prior that holds for short texts; what
/// remains uncertain is the prediction's standard deviation.
/// </summary>
public sealed class LearningCurve
{
    private static readonly double[] HalfRows = [0.5, 1, 2, 4, 8, 16, 32];
    private static readonly double[] Steepness = [0.3, 0.45, 0.6, 0.8, 1.0];
    private static readonly double[] Floor = [0.0, 0.02, 0.04, 0.08, 0.14, 0.2];
    private readonly CurveGround _ground;
    private readonly LearningCurveForecast? _forecast;
    private readonly List<(double H, double B, double C, double Known, double Weight)> _grid = [];

    /// <summary>Weighs the grid.</summary>
    /// <param name="ground">Where the curve starts.</param>
    /// <param name="points">Measured points: sub-sampled fits and this run's earlier rounds; may be empty.</param>
    /// <param name="forecast">What the agent's own rows and past runs say of more rows alike; where it is given, it tells the gain. Null for none.</param>
    public LearningCurve(CurveGround ground, IReadOnlyList<CurvePoint> points, LearningCurveForecast? forecast = null)
    {
        (_ground, _forecast) = (ground, forecast);
        var best = double.NegativeInfinity;
        foreach (var h in HalfRows)
            foreach (var b in Steepness)
                foreach (var c in Floor)
                {
                    var known = RowsWorth(ground.KnownError, h, b, c);
                    var log = (-0.5 * Square(Math.Log(h / 2) / 0.8)) - (0.5 * Square((b - 0.65) / 0.2)) - (0.5 * Square((c - 0.04) / 0.06));
                    foreach (var point in points)
                    {
                        // A teacher's errors are seen as the student's where the two differ, and rarely coincide.
                        var seen = point.IsTrue ? At(h, b, c, known, point.Rows) : 1 - (ground.TeacherAccuracy * (1 - At(h, b, c, known, point.Rows)));
                        var p = Math.Clamp(seen, 0.005, 0.995);
                        // Points of one probe share their items: together they weigh as one and a half, not as four.
                        var weight = point.IsTrue ? 1 : 0.4;
                        log += weight * point.Items * ((point.Error * Math.Log(p)) + ((1 - point.Error) * Math.Log(1 - p)));
                    }
                    _grid.Add((h, b, c, known, log));
                    best = Math.Max(best, log);
                }
        for (var i = 0; i < _grid.Count; i++) _grid[i] = _grid[i] with { Weight = Math.Exp(_grid[i].Weight - best) };
        var sum = _grid.Sum(g => g.Weight);
        for (var i = 0; i < _grid.Count; i++) _grid[i] = _grid[i] with { Weight = _grid[i].Weight / sum };
    }

    /// <summary>The error expected after <paramref name="rows"/> new rows, and its standard deviation.</summary>
    public (double Error, double Sd) At(int rows)
    {
        var mean = _grid.Sum(g => g.Weight * At(g.H, g.B, g.C, g.Known, rows));
        var variance = _grid.Sum(g => g.Weight * Square(At(g.H, g.B, g.C, g.Known, rows) - mean));
        return (mean, Math.Sqrt(variance));
    }

    /// <summary>The gain over today's error from <paramref name="rows"/> new rows, and its standard deviation, that of today's error included.</summary>
    public (double Gain, double Sd) Gain(int rows)
    {
        var (now, _) = At(0);
        if (_forecast is not null) return _forecast.Gain(now, _ground.ErrorSd, rows);
        var (error, sd) = At(rows);
        var share = now > 0 ? (now - error) / now : 0;
        return (Math.Max(0, now - error), Math.Sqrt(Square(sd) + Square(_ground.ErrorSd * share)));
    }

    private double At(double h, double b, double c, double known, double rows)
    {
        var u = _ground.UnseenShare;
        var ofUnseen = u > 0 ? F(rows * u / Math.Max(1, _ground.UnseenClasses), h, b, c) : 0;
        var ofKnown = F(known + (rows * (1 - u) / Math.Max(1, _ground.KnownClasses)), h, b, c);
        return (u * ofUnseen) + ((1 - u) * ofKnown);
    }

    private static double F(double rows, double h, double b, double c) => c + ((1 - c) * Math.Pow(1 + (rows / h), -b));

    /// <summary>The rows a class that today's error is worth: F inverted; an error at or below the floor is worth very many.</summary>
    private static double RowsWorth(double error, double h, double b, double c)
    {
        const double Most = 300;
        if (error <= c + 1e-6) return Most;
        return Math.Min(Most, h * (Math.Pow((1 - c) / (Math.Min(error, 1) - c), 1 / b) - 1));
    }

    private static double Square(double x) => x * x;
}
