using System.Buffers;
using SelfImprove.Monitoring.Events;

namespace SelfImprove.Monitoring.Log;

/// <summary>Events made ready for the log on the caller's thread: bytes only. Reusable after <see cref="Clear"/>; not thread-safe.</summary>
public sealed class LogLines
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    /// <summary>How many events.</summary>
    public int Count { get; private set; }

    /// <summary>Their bytes, one line each.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.WrittenMemory;

    /// <summary>Adds an interaction; returns its line without the line break, valid until the next change.</summary>
    public ReadOnlySpan<byte> Add(Interaction interaction)
    {
        var start = _buffer.WrittenCount;
        LogLine.Write(_buffer, interaction);
        Count++;
        return _buffer.WrittenSpan[start..^1];
    }

    /// <summary>Adds feedback; returns its line without the line break, valid until the next change.</summary>
    public ReadOnlySpan<byte> Add(Feedback feedback)
    {
        var start = _buffer.WrittenCount;
        LogLine.Write(_buffer, feedback);
        Count++;
        return _buffer.WrittenSpan[start..^1];
    }

    /// <summary>Adds a line that <see cref="Add(Interaction)"/> of another instance returned.</summary>
    internal void AddLine(ReadOnlySpan<byte> line)
    {
        _buffer.Write(line);
        _buffer.Write("\n"u8);
        Count++;
    }

    /// <summary>Empties it; keeps the memory unless it grew beyond 1 MiB.</summary>
    public void Clear()
    {
        if (_buffer.Capacity > 1024 * 1024) _buffer.Clear();
        _buffer.ResetWrittenCount();
        Count = 0;
    }
}
