using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace SelfImprove.Azure.Training;

/// <summary>The training script and its modules, which the assembly carries from <c>src/training</c>.</summary>
public sealed class TrainingCode
{
    private const string Prefix = "training/";

    /// <summary>Creates it.</summary>
    /// <param name="files">Contents by path, <c>/</c> between folders.</param>
    public TrainingCode(IReadOnlyDictionary<string, byte[]> files)
    {
        Files = new SortedDictionary<string, byte[]>(files.ToDictionary(), StringComparer.Ordinal);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, bytes) in Files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{path}\0{bytes.Length}\0"));
            hash.AppendData(bytes);
        }
        Hash = Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    /// <summary>Contents by path.</summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; }

    /// <summary>Tells one content from another: 16 hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>Reads what this assembly carries.</summary>
    public static TrainingCode Embedded()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = new Dictionary<string, byte[]>();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            files[name[Prefix.Length..].Replace('\\', '/')] = bytes;
        }
        return new TrainingCode(files);
    }
}
