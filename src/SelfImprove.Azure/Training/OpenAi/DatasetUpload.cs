using System.ClientModel;
using System.Text;

namespace SelfImprove.Azure.Training.OpenAi;

/// <summary>A dataset as a multipart upload, written piece by piece.</summary>
internal sealed class DatasetUpload(DatasetFile file, string name, long length) : BinaryContent
{
    private const string Boundary = "selfimprove-7d1f0c52e6a94b3c8a";

    private readonly byte[] _head = Encoding.ASCII.GetBytes(
        $"--{Boundary}\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nfine-tune\r\n"
        + $"--{Boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/jsonl\r\n\r\n");

    private readonly byte[] _end = Encoding.ASCII.GetBytes($"\r\n--{Boundary}--\r\n");

    public static string ContentType => $"multipart/form-data; boundary={Boundary}";

    public override async Task WriteToAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        await stream.WriteAsync(_head, cancellationToken);
        await foreach (var block in file.ReadAsync(cancellationToken)) await stream.WriteAsync(block, cancellationToken);
        await stream.WriteAsync(_end, cancellationToken);
    }

    public override void WriteTo(Stream stream, CancellationToken cancellationToken = default) =>
        WriteToAsync(stream, cancellationToken).GetAwaiter().GetResult();

    public override bool TryComputeLength(out long total)
    {
        total = _head.Length + length + _end.Length;
        return true;
    }

    public override void Dispose()
    {
    }
}
