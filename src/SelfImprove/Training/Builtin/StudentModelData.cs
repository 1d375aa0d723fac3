namespace SelfImprove.Training.Builtin;

/// <summary>Everything that a student model is, as it is kept in memory and in a file.</summary>
internal sealed class StudentModelData
{
    /// <summary>Weights of a column are padded to a multiple of this in memory.</summary>
    private const int Lane = 16;

    /// <summary>Class names in ordinal order.</summary>
    public required string[] Classes { get; init; }

    /// <summary>What text is cut into.</summary>
    public required FeatureShape Shape { get; init; }

    /// <summary>Bucket to column, -1 where training saw none.</summary>
    public required int[] ColumnOf { get; init; }

    /// <summary>Weight of each column's feature.</summary>
    public required float[] FeatureWeights { get; init; }

    /// <summary>Softmax weights, column by column, each <see cref="Width"/> long; times <see cref="Scales"/> they are the real weights.</summary>
    public required sbyte[] Weights { get; init; }

    /// <summary>For each class, what one step of <see cref="Weights"/> is worth.</summary>
    public required float[] Scales { get; init; }

    /// <summary>One for each class.</summary>
    public required float[] Bias { get; init; }

    /// <summary>Share of each class in training: the answer for a text without any known feature.</summary>
    public required float[] Prior { get; init; }

    /// <summary>What scores are divided by.</summary>
    public required double Temperature { get; init; }

    /// <summary>The number of rows trained on.</summary>
    public required int TrainedOn { get; init; }

    /// <summary>The classes, padded.</summary>
    public int Width => WidthOf(Classes.Length);

    /// <summary>A number of classes, padded.</summary>
    public static int WidthOf(int classes) => (classes + Lane - 1) / Lane * Lane;

    /// <summary>
    /// Rounds weights to bytes with a scale for each class. With a vector of length 1 the error of a score is a fraction of one step: far below what a
    /// decision notices.
    /// </summary>
    public static StudentModelData Quantise(string[] classes, FeatureTable features, SoftmaxWeights softmax, double temperature, float[] prior, int trainedOn)
    {
        var columns = features.Weights.Length;
        var width = WidthOf(classes.Length);
        var scales = new float[classes.Length];
        for (var column = 0; column < columns; column++)
        {
            for (var k = 0; k < scales.Length; k++)
                scales[k] = MathF.Max(scales[k], MathF.Abs(softmax.Weights[(column * softmax.Width) + k]));
        }

        for (var k = 0; k < scales.Length; k++)
            scales[k] /= 127;
        var weights = new sbyte[columns * width];
        for (var column = 0; column < columns; column++)
        {
            for (var k = 0; k < scales.Length; k++)
            {
                if (scales[k] > 0)
                    weights[(column * width) + k] = (sbyte)Math.Clamp(MathF.Round(softmax.Weights[(column * softmax.Width) + k] / scales[k]), -127, 127);
            }
        }

        return new StudentModelData
        {
            Classes = classes,
            Shape = features.Shape,
            ColumnOf = features.ColumnOf,
            FeatureWeights = features.Weights,
            Weights = weights,
            Scales = scales,
            Bias = softmax.Bias[..classes.Length],
            Prior = prior,
            Temperature = temperature,
            TrainedOn = trainedOn,
        };
    }
}
