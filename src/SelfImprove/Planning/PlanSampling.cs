namespace SelfImprove.Planning;

/// <summary>Which inputs are labelled first.</summary>
public enum PlanSampling
{
    /// <summary>Uniformly at random, stratified by slice.</summary>
    Stratified,
    /// <summary>Those between whose two best answers the student hesitates most, and different from one another; a share stays random.</summary>
    Margin,
}
