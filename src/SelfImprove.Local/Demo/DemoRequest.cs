namespace SelfImprove.Local.Demo;

/// <summary>A request of the demo.</summary>
/// <param name="Number">From 1.</param>
/// <param name="User">Who asks.</param>
/// <param name="Said">What is asked, and what would be right.</param>
public sealed record DemoRequest(int Number, string User, LabelledText Said)
{
    /// <summary>The interaction's id.</summary>
    public string Id => $"demo-{Number:00000}";
}
