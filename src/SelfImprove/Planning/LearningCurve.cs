namespace SelfImprove.Planning;

/// <summary>
/// The error expected after n new rows: err(n) = floor + (now - floor) (m / (m + n))^b, a power law in n + m that starts at
/// today's error (the a n^-b + c of Hestness et al., "Deep learning scaling is predictable, empirically", 2017, with n
/// shifted by m, the rows that today's error is worth). m, b and floor are weighed on a grid by measured points (binomial
/// likelihood) and a prior; what remains uncertain is the prediction's standard deviation.
/// </summary>
public sealed class LearningCurve
{
    private static readonly double[] Steepness = [0.15, 0.25, 0.35, 0.5, 0.7, 0.9];
    private static readonly double[] Shift = [20, 50, 100, 200, 400, 800, 1600];
    private static readonly double[] Floor = [0.0, 0.03, 0.06, 0.1, 0.15, 0.25];
    private readonly double _now;
    private readonly double _nowSd;
    private readonly List<(double B, double M, double C, double Weight)> _grid = [];

    /// <summary>Weighs the grid.</summary>
    /// <param name="now">Today's error, [0,1].</param>
    /// <param name="nowSd">Its standard deviation.</param>
    /// <param name="points">Measured points: this agent's past rounds and sub-sampled fits; may be empty.</param>
    /// <param name="priorRows">The rows that the prior believes today's error is worth: those of the champion's dataset.</param>
    public LearningCurve(double now, double nowSd, IReadOnlyList<CurvePoint> points, int priorRows)
    {
        _now = Math.Clamp(now, 0, 1);
        _nowSd = nowSd;
        var centre = Math.Log(Math.Clamp(priorRows / 2.0, 50, 1000));
        var best = double.NegativeInfinity;
        foreach (var b in Steepness)
            foreach (var m in Shift)
                foreach (var c in Floor)
                {
                    if (c > 0.9 * _now && c > 0) continue;
                    var log = (-0.5 * Square((b - 0.4) / 0.25)) - (0.5 * Square((Math.Log(m) - centre) / 1.0)) - (0.5 * Square((c - 0.08) / 0.08));
                    foreach (var point in points)
                    {
                        var p = Math.Clamp(At(b, m, c, point.Rows), 0.002, 0.998);
                        log += point.Items * ((point.Error * Math.Log(p)) + ((1 - point.Error) * Math.Log(1 - p)));
                    }
                    _grid.Add((b, m, c, log));
                    best = Math.Max(best, log);
                }
        for (var i = 0; i < _grid.Count; i++) _grid[i] = _grid[i] with { Weight = Math.Exp(_grid[i].Weight - best) };
        var sum = _grid.Sum(g => g.Weight);
        for (var i = 0; i < _grid.Count; i++) _grid[i] = _grid[i] with { Weight = _grid[i].Weight / sum };
    }

    /// <summary>The error expected after <paramref name="rows"/> new rows, and its standard deviation.</summary>
    public (double Error, double Sd) At(int rows)
    {
        var mean = _grid.Sum(g => g.Weight * At(g.B, g.M, g.C, rows));
        var variance = _grid.Sum(g => g.Weight * Square(At(g.B, g.M, g.C, rows) - mean));
        return (mean, Math.Sqrt(variance));
    }

    /// <summary>The gain over today's error from <paramref name="rows"/> new rows, and its standard deviation, that of today's error included.</summary>
    public (double Gain, double Sd) Gain(int rows)
    {
        var (error, sd) = At(rows);
        return (_now - error, Math.Sqrt(Square(sd) + Square(_nowSd * (_now > 0 ? (_now - error) / _now : 0))));
    }

    private double At(double b, double m, double c, double rows) => c + (Math.Max(0, _now - c) * Math.Pow(m / (m + rows), b));

    private static double Square(double x) => x * x;
}
