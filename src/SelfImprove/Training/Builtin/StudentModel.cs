using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SelfImprove.Training.Builtin;

/// <summary>A trained student. Immutable; may be asked from any number of threads at once.</summary>
public sealed class StudentModel
{
    [ThreadStatic]
    private static Scratch? t_scratch;

    private readonly StudentModelData _data;
    private readonly Lazy<byte[]> _file;

    internal StudentModel(StudentModelData data)
    {
        _data = data;
        _file = new Lazy<byte[]>(() => StudentModelFile.Write(data));
    }

    /// <summary>The classes it chooses between, in ordinal order.</summary>
    public IReadOnlyList<string> Classes => _data.Classes;

    /// <summary>The number of rows it was trained on.</summary>
    public int TrainedOn => _data.TrainedOn;

    /// <summary>What scores are divided by so that probabilities are true; 1 when not calibrated.</summary>
    public double Temperature => _data.Temperature;

    /// <summary>SHA-256 of the file that <see cref="Save"/> writes, in lower-case hex: two models with the same hash are the same model.</summary>
    public string ContentHash => Convert.ToHexStringLower(_file.Value.AsSpan(^StudentModelFile.HashLength..));

    /// <summary>The size of the file that <see cref="Save"/> writes, in bytes.</summary>
    public int FileLength => _file.Value.Length;

    /// <summary>Reads a model from a stream, to its end.</summary>
    /// <exception cref="InvalidModelFileException">Not a model, cut short, altered, or of a newer version.</exception>
    public static StudentModel Load(Stream stream) => new(StudentModelFile.Read(stream));

    /// <summary>Reads a model from bytes.</summary>
    /// <exception cref="InvalidModelFileException">Not a model, cut short, altered, or of a newer version.</exception>
    public static StudentModel Load(ReadOnlySpan<byte> bytes) => new(StudentModelFile.Read(bytes));

    /// <summary>Writes the model. The same model always gives the same bytes.</summary>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(_file.Value);
    }

    /// <summary>The model as the bytes that <see cref="Save"/> writes.</summary>
    public byte[] ToBytes() => [.. _file.Value];

    /// <summary>
    /// Chooses a class. A text without any feature seen in training (an empty one, say) gets the most frequent class of the training rows, at its share.
    /// </summary>
    public Prediction Predict(ReadOnlySpan<char> text)
    {
        var scratch = Score(text);
        var scores = scratch.Scores.AsSpan(0, _data.Classes.Length);
        var (best, second) = (0, -1);
        for (var k = 1; k < scores.Length; k++)
        {
            if (scores[k] > scores[best])
                (best, second) = (k, best);
            else if (second < 0 || scores[k] > scores[second])
                second = k;
        }

        var sum = 0f;
        foreach (var score in scores)
            sum += MathF.Exp(score - scores[best]);
        var probability = 1d / sum;
        return new Prediction(_data.Classes[best], probability, probability * (1 - MathF.Exp(scores[second] - scores[best])));
    }

    /// <summary>Chooses a class, as the overload for spans does.</summary>
    public Prediction Predict(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Predict(text.AsSpan());
    }

    /// <summary>The probability of every class, in the order of <see cref="Classes"/>; they sum to 1.</summary>
    /// <param name="text">The input.</param>
    /// <param name="into">Receives them; as long as <see cref="Classes"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="into"/> has another length.</exception>
    public void PredictProbabilities(ReadOnlySpan<char> text, Span<double> into)
    {
        if (into.Length != _data.Classes.Length)
            throw new ArgumentException($"The buffer holds {into.Length} probabilities, the model has {_data.Classes.Length} classes.", nameof(into));
        var scores = Score(text).Scores.AsSpan(0, into.Length);
        var most = scores[0];
        foreach (var score in scores)
            most = MathF.Max(most, score);
        var sum = 0d;
        for (var k = 0; k < into.Length; k++)
            sum += into[k] = Math.Exp(scores[k] - most);
        for (var k = 0; k < into.Length; k++)
            into[k] /= sum;
    }

    /// <summary>Leaves the calibrated scores in this thread's scratch: their softmax are the probabilities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Scratch Score(ReadOnlySpan<char> text)
    {
        var scratch = t_scratch;
        if (scratch is null || !scratch.Fits(_data))
            t_scratch = scratch = new Scratch(_data);
        var hasher = scratch.Hasher;
        hasher.Read(text);
        scratch.Grow(hasher.Buckets.Length);
        var known = FeatureWeighting.Weigh(
            hasher.Buckets, hasher.Counts, hasher.WordBuckets, _data.Shape.WordShare, _data.ColumnOf, _data.FeatureWeights, scratch.Columns, scratch.Values);
        var scores = scratch.Scores;
        var classes = _data.Classes.Length;
        if (known == 0)
        {
            for (var k = 0; k < classes; k++)
                scores[k] = MathF.Log(_data.Prior[k]);
            return scratch;
        }

        var width = _data.Width;
        scores.AsSpan(0, width).Clear();
        for (var i = 0; i < known; i++)
            AddScaled(scores.AsSpan(0, width), _data.Weights.AsSpan(scratch.Columns[i] * width, width), scratch.Values[i]);
        var inverse = (float)(1 / _data.Temperature);
        for (var k = 0; k < classes; k++)
            scores[k] = ((scores[k] * _data.Scales[k]) + _data.Bias[k]) * inverse;
        return scratch;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddScaled(Span<float> into, ReadOnlySpan<sbyte> from, float factor)
    {
        var sums = MemoryMarshal.Cast<float, Vector256<float>>(into);
        var bytes = MemoryMarshal.Cast<sbyte, Vector128<sbyte>>(from);
        var f = Vector256.Create(factor);
        for (var i = 0; i < bytes.Length; i++)
        {
            var (low, high) = Vector256.Widen(Vector256.WidenLower(bytes[i].ToVector256()));
            sums[2 * i] = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(low), f, sums[2 * i]);
            sums[(2 * i) + 1] = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(high), f, sums[(2 * i) + 1]);
        }
    }

    /// <summary>A thread's memory for one prediction, so that predicting allocates nothing.</summary>
    private sealed class Scratch(StudentModelData data)
    {
        private readonly FeatureShape _shape = data.Shape;

        public FeatureHasher Hasher { get; } = new(data.Shape);

        public int[] Columns { get; private set; } = new int[1024];

        public float[] Values { get; private set; } = new float[1024];

        public float[] Scores { get; } = new float[data.Width];

        public bool Fits(StudentModelData other) => _shape == other.Shape && Scores.Length >= other.Width;

        public void Grow(int entries)
        {
            if (entries <= Columns.Length)
                return;
            Columns = new int[entries * 2];
            Values = new float[entries * 2];
        }
    }
}
