using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Statistics.LearningCurves;

/// <summary>
/// Fits err(n) = a n^-b + c with a at least 0, b in [.02, 2.5] and c between 0 and the least error seen (Cortes et al., "Learning curves: asymptotic values
/// and rate of
/// convergence", 1993). Exponent, floor and training noise are integrated on a grid, the scale in closed form: no optimiser that could diverge, and one point
/// is enough.
/// </summary>
public static class PowerLawFit
{
    private const double SmallestExponent = 0.02, LargestExponent = 2.5;
    private static readonly double[] TrainingFactors = [0.05, 0.25, 0.6, 1.0, 2.0, 4.0];

    /// <summary>
    /// The curve through <paramref name="points"/>; null without points. Points at one size alone say nothing of the slope: the prior does then.
    /// </summary>
    public static PowerLawCurve? Fit(IReadOnlyList<CurvePoint> points, CurvePrior? prior = null)
    {
        ArgumentNullException.ThrowIfNull(points);
        prior ??= new CurvePrior();
        Require.Positive(prior.Exponent);
        Require.Positive(prior.LogSpread);
        Require.Positive(prior.TrainingSpread);
        if (points.Count == 0) return null;
        foreach (var point in points)
        {
            Require.Positive(point.Examples);
            Require.NonNegative(point.Error);
            Require.NonNegative(point.StandardError);
        }
        var data = new Data(points);
        var whole = new Box(Math.Log(SmallestExponent), Math.Log(LargestExponent), 0, data.LargestFloor);
        var coarse = Posterior(data, prior, whole);
        // Sharp data fill a corner of the grid: lay a second grid over what is still plausible.
        var fine = Posterior(data, prior, Narrow(coarse, whole));
        var training = fine.Sum(c => c.Weight * c.Training);
        var (a, b, floor) = Best(data, prior, training);
        return new PowerLawCurve(a * Math.Pow(data.Reference, b), b, floor, data.Reference, fine);
    }

    private static List<PowerLawComponent> Posterior(Data data, CurvePrior prior, Box box)
    {
        const int exponents = 32, floors = 20;
        var found = new List<(double LogWeight, PowerLawComponent Component)>(exponents * floors * TrainingFactors.Length);
        var top = double.NegativeInfinity;
        for (var i = 0; i < exponents; i++)
        {
            var logB = box.LowLogB + (box.HighLogB - box.LowLogB) * (i + 0.5) / exponents;
            var b = Math.Exp(logB);
            var z = (logB - Math.Log(prior.Exponent)) / prior.LogSpread;
            for (var j = 0; j < floors; j++)
            {
                var floor = box.LowFloor + (box.HighFloor - box.LowFloor) * (j + 0.5) / floors;
                // Low floors are likelier than high ones: a floor at the error seen would mean that data never help.
                var logFloor = Math.Log(1 - floor / (data.LargestFloor + 1e-12));
                foreach (var factor in TrainingFactors)
                {
                    var training = factor * prior.TrainingSpread;
                    var logPrior = -0.5 * z * z - 0.5 * factor * factor / 2.25 + logFloor;
                    var (logLikelihood, scale, deviation) = data.Likelihood(b, floor, training);
                    var logWeight = logPrior + logLikelihood;
                    top = Math.Max(top, logWeight);
                    found.Add((logWeight, new PowerLawComponent(0, b, floor, scale, deviation, training)));
                }
            }
        }
        var kept = found.Where(f => f.LogWeight > top - 9).Select(f => f.Component with { Weight = Math.Exp(f.LogWeight - top) }).ToList();
        var total = kept.Sum(c => c.Weight);
        for (var i = 0; i < kept.Count; i++) kept[i] = kept[i] with { Weight = kept[i].Weight / total };
        return kept;
    }

    private static Box Narrow(List<PowerLawComponent> components, Box whole)
    {
        var stepB = (whole.HighLogB - whole.LowLogB) / 32;
        var stepFloor = (whole.HighFloor - whole.LowFloor) / 20;
        return new Box(
            Math.Max(whole.LowLogB, Math.Log(components.Min(c => c.B)) - stepB),
            Math.Min(whole.HighLogB, Math.Log(components.Max(c => c.B)) + stepB),
            Math.Max(whole.LowFloor, components.Min(c => c.C) - stepFloor),
            Math.Min(whole.HighFloor, components.Max(c => c.C) + stepFloor));
    }

    // The single curve of highest posterior density: scale and floor in closed form for each exponent, the exponent by a grid and golden section.
    private static (double Scale, double B, double Floor) Best(Data data, CurvePrior prior, double training)
    {
        double Loss(double logB)
        {
            var z = (logB - Math.Log(prior.Exponent)) / prior.LogSpread;
            return data.BoundedLeastSquares(Math.Exp(logB), training).Loss + z * z;
        }

        var low = Math.Log(SmallestExponent);
        var high = Math.Log(LargestExponent);
        const int steps = 120;
        var best = Enumerable.Range(0, steps + 1).Select(i => low + (high - low) * i / steps).MinBy(Loss);
        var step = (high - low) / steps;
        var logB = Root.Minimise(Loss, Math.Max(low, best - step), Math.Min(high, best + step));
        var fit = data.BoundedLeastSquares(Math.Exp(logB), training);
        return (fit.Scale, Math.Exp(logB), fit.Floor);
    }

    private readonly record struct Box(double LowLogB, double HighLogB, double LowFloor, double HighFloor);

    private sealed class Data
    {
        private readonly double[] _logSize, _error, _variance;

        public Data(IReadOnlyList<CurvePoint> points)
        {
            Reference = Math.Exp(points.Average(p => Math.Log(p.Examples)));
            _logSize = [.. points.Select(p => Math.Log(p.Examples / Reference))];
            _error = [.. points.Select(p => p.Error)];
            _variance = [.. points.Select(p => p.StandardError * p.StandardError)];
            LargestFloor = points.Min(p => p.Error + p.StandardError);
        }

        /// <summary>Geometric mean of the sizes: there the scale is the part of the error that data can remove, for any exponent.</summary>
        public double Reference { get; }

        public double LargestFloor { get; }

        /// <summary>Log likelihood with the scale integrated over all values of at least 0.</summary>
        public (double Log, double Scale, double Deviation) Likelihood(double b, double floor, double training)
        {
            double sxx = 0, sxy = 0, syy = 0, logNorm = 0;
            for (var i = 0; i < _error.Length; i++)
            {
                var variance = _variance[i] + training * training;
                var x = Math.Exp(-b * _logSize[i]);
                var y = _error[i] - floor;
                sxx += x * x / variance;
                sxy += x * y / variance;
                syy += y * y / variance;
                logNorm -= 0.5 * Math.Log(variance);
            }
            var scale = sxy / sxx;
            var residual = Math.Max(0, syy - scale * sxy);
            var inside = Normal.LogCdf(scale * Math.Sqrt(sxx));
            return (logNorm - 0.5 * residual - 0.5 * Math.Log(sxx) + inside, Math.Max(0, scale), 1 / Math.Sqrt(sxx));
        }

        public (double Scale, double Floor, double Loss) BoundedLeastSquares(double b, double training)
        {
            double sw = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
            for (var i = 0; i < _error.Length; i++)
            {
                var w = 1 / (_variance[i] + training * training);
                var x = Math.Exp(-b * _logSize[i]);
                sw += w;
                sx += w * x;
                sy += w * _error[i];
                sxx += w * x * x;
                sxy += w * x * _error[i];
            }
            var determinant = sw * sxx - sx * sx;
            var best = (Scale: Math.Max(0, sxy / sxx), Floor: 0.0, Loss: 0.0);
            best.Loss = Loss(b, training, best.Scale, best.Floor);
            Consider(0, Math.Clamp(sy / sw, 0, LargestFloor));
            Consider(Math.Max(0, (sxy - LargestFloor * sx) / sxx), LargestFloor);
            if (determinant > 1e-12 * sw * sxx)
            {
                var floor = (sxx * sy - sx * sxy) / determinant;
                if (floor >= 0 && floor <= LargestFloor) Consider(Math.Max(0, (sxy - floor * sx) / sxx), floor);
            }
            return best;

            void Consider(double scale, double floor)
            {
                var loss = Loss(b, training, scale, floor);
                if (loss < best.Loss) best = (scale, floor, loss);
            }
        }

        private double Loss(double b, double training, double scale, double floor)
        {
            double loss = 0;
            for (var i = 0; i < _error.Length; i++)
            {
                var residual = _error[i] - floor - scale * Math.Exp(-b * _logSize[i]);
                loss += residual * residual / (_variance[i] + training * training);
            }
            return loss;
        }
    }
}
