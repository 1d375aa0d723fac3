namespace SelfImprove.Azure.Outbound;

/// <summary>The body of an answer: read until too large or too late.</summary>
internal sealed class BoundedStream(Stream inner, long most, string host, CancellationTokenSource deadline, TimeSpan timeout) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        // A blocked read ends when its stream is closed.
        using var closing = deadline.Token.UnsafeRegister(static s => ((Stream)s!).Dispose(), inner);
        try
        {
            return Count(inner.Read(buffer));
        }
        catch (Exception e) when (deadline.IsCancellationRequested && e is ObjectDisposedException or IOException)
        {
            throw Late(e);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var both = cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token) : null;
        try
        {
            return Count(await inner.ReadAsync(buffer, both?.Token ?? deadline.Token));
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Late(e);
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            deadline.Dispose();
        }
        base.Dispose(disposing);
    }

    private int Count(int read) => (_read += read) <= most ? read : throw OutboundHandler.TooLarge(host, most);

    private IOException Late(Exception e) => new($"The answer of {host} took longer than {timeout}; it was given up after {_read} bytes.", e);
}
