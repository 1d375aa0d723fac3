namespace SelfImprove.Planning;

/// <summary>A slice's share of the trouble.</summary>
/// <param name="Slice">The slice: what the champion decided.</param>
/// <param name="Share">Its share of recent inputs, [0,1].</param>
/// <param name="Error">The champion's error in it, [0,1].</param>
/// <param name="RecoverableMass">Share x (error - what the best known teacher reaches): how much mean reward mending it would return.</param>
public sealed record SliceDiagnosis(string Slice, double Share, double Error, double RecoverableMass)
{
    /// <summary>Labelled inputs that the error was counted on; 0 where it comes from thumbs.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault)]
    public int Items { get; init; }
}
