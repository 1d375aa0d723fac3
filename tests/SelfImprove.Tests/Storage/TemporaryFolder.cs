namespace SelfImprove.Tests.Storage;

/// <summary>An empty folder, removed at the end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("selfimprove-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
