using System.Runtime.CompilerServices;

namespace SelfImprove.Training.Builtin;

/// <summary>
/// Fits a multinomial logistic regression by stochastic gradient descent in small batches, with a step that falls linearly to nothing and weight
/// decay by a running scale
/// (Bottou, "Stochastic gradient descent tricks", 2012, section 5.1).
/// <para>
/// Threads share the work by class: each owns some classes' weights, and no sum ever crosses from one to another. What is added, and in which order,
/// is therefore the same for
/// one thread and for many, and so is the model, bit by bit.
/// </para>
/// </summary>
internal sealed class SoftmaxSolver
{
    private const int Lane = 8;

    private readonly SoftmaxFit _fit;
    private readonly int _blocks;
    private readonly int _blockWidth;
    private readonly int _width;
    private readonly float[][] _weights;
    private readonly float[] _bias;
    private readonly float[] _scores;
    private readonly int[] _order;
    private readonly PairTargets? _pairs;

    private SoftmaxSolver(SoftmaxFit fit, int threads, PairTargets? pairs)
    {
        _fit = fit;
        _pairs = pairs;
        var lanes = (fit.Classes + Lane - 1) / Lane;
        _blocks = Math.Clamp(Math.Min(threads, lanes / 2), 1, 16);
        _blockWidth = (lanes + _blocks - 1) / _blocks * Lane;
        _width = _blocks * _blockWidth;
        _weights = new float[_blocks][];
        for (var block = 0; block < _blocks; block++)
            _weights[block] = new float[fit.Columns * _blockWidth];
        _bias = new float[_width];
        _scores = new float[fit.BatchSize * _width];
        _order = new int[fit.Rows.Count];
        for (var i = 0; i < _order.Length; i++)
            _order[i] = i;
        if (pairs is not null)
            StartAt(pairs.Start);
    }

    /// <summary>Fits.</summary>
    /// <param name="fit">Rows and settings.</param>
    /// <param name="seed">Seeds the order of rows, all that is random here.</param>
    /// <param name="threads">Most threads; does not change the result.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <param name="progress">Called with the share done, in (0,1], after each pass.</param>
    /// <param name="pairs">Which rows are pairs, and where to start; null for rows alone, from nothing.</param>
    public static SoftmaxWeights Solve(
        SoftmaxFit fit, int seed, int threads, CancellationToken stop, Action<double>? progress = null, PairTargets? pairs = null)
    {
        var solver = new SoftmaxSolver(fit, threads, pairs);
        solver.Run(new SplitMix((ulong)(uint)seed), threads, stop, progress);
        return solver.Result();
    }

    private void Run(SplitMix random, int threads, CancellationToken stop, Action<double>? progress)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads) };
        var batches = (_order.Length + _fit.BatchSize - 1) / _fit.BatchSize;
        double steps = (double)batches * _fit.Epochs, step = 0, scale = 1;
        for (var epoch = 0; epoch < _fit.Epochs; epoch++)
        {
            random.Shuffle(_order);
            for (var batch = 0; batch < batches; batch++, step++)
            {
                stop.ThrowIfCancellationRequested();
                var (from, to) = (batch * _fit.BatchSize, Math.Min(_order.Length, (batch + 1) * _fit.BatchSize));
                var (scoreScale, rate) = ((float)scale, _fit.LearningRate * (1 - (step / steps)));
                EachBlock(options, block => Score(block, from, to, scoreScale));
                Gradient(from, to);
                var decay = 1 - Math.Min(0.5, rate * _fit.L2 * (to - from));
                scale *= decay;
                var weightStep = (float)(-rate / scale);
                EachBlock(options, block => Update(block, from, to, weightStep, (float)-rate));
                if (scale < 1e-4)
                    scale = Rescale(scale);
            }

            progress?.Invoke((epoch + 1d) / _fit.Epochs);
        }

        Rescale(scale);
    }

    /// <summary>Takes weights over; they may be padded to another width.</summary>
    private void StartAt(SoftmaxWeights start)
    {
        var most = Math.Min(start.Width, _width);
        start.Bias.AsSpan(0, most).CopyTo(_bias);
        for (var column = 0; column < _fit.Columns; column++)
        {
            for (var k = 0; k < most; k++)
                _weights[k / _blockWidth][(column * _blockWidth) + (k % _blockWidth)] = start.Weights[(column * start.Width) + k];
        }
    }

    private void EachBlock(ParallelOptions options, Action<int> work)
    {
        if (_blocks == 1)
            work(0);
        else
            Parallel.For(0, _blocks, options, work);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Score(int block, int from, int to, float scale)
    {
        var weights = _weights[block].AsSpan();
        var bias = _bias.AsSpan(block * _blockWidth, _blockWidth);
        for (var i = from; i < to; i++)
        {
            var scores = _scores.AsSpan(((i - from) * _width) + (block * _blockWidth), _blockWidth);
            scores.Clear();
            var columns = _fit.Rows.ColumnsOf(_order[i]);
            var values = _fit.Rows.ValuesOf(_order[i]);
            for (var j = 0; j < columns.Length; j++)
                Softmax.AddScaled(scores, weights.Slice(columns[j] * _blockWidth, _blockWidth), values[j]);
            for (var k = 0; k < scores.Length; k++)
                scores[k] = (scores[k] * scale) + bias[k];
        }
    }

    /// <summary>Turns scores into the gradient of the loss by score: probability less target, times the row's weight.</summary>
    private void Gradient(int from, int to)
    {
        var spread = (float)(_fit.LabelSmoothing / _fit.Classes);
        var target = (float)(1 - _fit.LabelSmoothing);
        for (var i = from; i < to; i++)
        {
            var scores = _scores.AsSpan((i - from) * _width, _width);
            var weight = _fit.RowWeights[_order[i]];
            if (_pairs is { } pairs && pairs.NonPreferred[_order[i]] >= 0)
            {
                PairGradient(scores, pairs, _order[i], weight);
                continue;
            }

            Softmax.InPlace(scores[.._fit.Classes]);
            scores[_fit.Classes..].Clear();
            for (var k = 0; k < _fit.Classes; k++)
                scores[k] = (scores[k] - spread) * weight;
            scores[_fit.Labels[_order[i]]] -= target * weight;
        }
    }

    /// <summary>
    /// The gradient of a pair's loss, -log(sigmoid(beta x gap)) / beta: it pulls its two classes apart, less the further apart they are than the reference
    /// has them. Divided by beta, so that the pull is at most 1 and a great beta can't overshoot.
    /// </summary>
    private void PairGradient(Span<float> scores, PairTargets pairs, int row, float weight)
    {
        var (better, worse) = (_fit.Labels[row], pairs.NonPreferred[row]);
        var gap = scores[better] - scores[worse] - pairs.ReferenceGap[row];
        var pull = weight / (1 + MathF.Exp(pairs.Beta * gap));
        scores.Clear();
        scores[better] = -pull;
        scores[worse] = pull;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Update(int block, int from, int to, float step, float biasStep)
    {
        var weights = _weights[block].AsSpan();
        var bias = _bias.AsSpan(block * _blockWidth, _blockWidth);
        Span<float> stepped = stackalloc float[Math.Min(_blockWidth, 1024)];
        if (_blockWidth > stepped.Length)
            stepped = new float[_blockWidth];
        for (var i = from; i < to; i++)
        {
            var gradient = _scores.AsSpan(((i - from) * _width) + (block * _blockWidth), _blockWidth);
            // The bias learns slowly: it stands for the prior, which the weights should not have to unlearn.
            Softmax.AddScaled(bias, gradient, biasStep * 0.01f);
            for (var k = 0; k < gradient.Length; k++)
                stepped[k] = gradient[k] * step;
            var columns = _fit.Rows.ColumnsOf(_order[i]);
            var values = _fit.Rows.ValuesOf(_order[i]);
            for (var j = 0; j < columns.Length; j++)
                Softmax.AddScaled(weights.Slice(columns[j] * _blockWidth, _blockWidth), stepped, values[j]);
        }
    }

    private double Rescale(double scale)
    {
        foreach (var weights in _weights)
        {
            for (var i = 0; i < weights.Length; i++)
                weights[i] = (float)(weights[i] * scale);
        }

        return 1;
    }

    private SoftmaxWeights Result()
    {
        if (_blocks == 1)
            return new SoftmaxWeights(_weights[0], _bias, _width);
        var all = new float[_fit.Columns * _width];
        for (var block = 0; block < _blocks; block++)
        {
            for (var column = 0; column < _fit.Columns; column++)
                _weights[block].AsSpan(column * _blockWidth, _blockWidth).CopyTo(all.AsSpan((column * _width) + (block * _blockWidth)));
        }

        return new SoftmaxWeights(all, _bias, _width);
    }
}
