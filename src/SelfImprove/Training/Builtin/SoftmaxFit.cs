namespace SelfImprove.Training.Builtin;

/// <summary>What <see cref="SoftmaxSolver"/> is asked to fit.</summary>
/// <param name="Rows">The feature vectors.</param>
/// <param name="Labels">Class of each row.</param>
/// <param name="RowWeights">Weight of each row; about 1 on average.</param>
/// <param name="Columns">The number of features.</param>
/// <param name="Classes">The number of classes.</param>
/// <param name="Epochs">Passes over the rows.</param>
/// <param name="L2">Weight decay per row.</param>
/// <param name="LearningRate">Step size of the first pass.</param>
/// <param name="LabelSmoothing">Target mass on the other classes.</param>
/// <param name="BatchSize">Rows a step.</param>
internal sealed record SoftmaxFit(
    SparseRows Rows, int[] Labels, float[] RowWeights, int Columns, int Classes, int Epochs, double L2, double LearningRate, double LabelSmoothing, int BatchSize);

/// <summary>Weights of a softmax: <c>Weights[column * Width + class]</c>, and a bias for each class.</summary>
/// <param name="Weights">Column by column, each padded to <paramref name="Width"/>.</param>
/// <param name="Bias">One for each class, padded likewise.</param>
/// <param name="Width">Classes, rounded up to whole vectors.</param>
internal sealed record SoftmaxWeights(float[] Weights, float[] Bias, int Width);
