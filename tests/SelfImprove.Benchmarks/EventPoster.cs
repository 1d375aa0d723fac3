using System.Buffers.Text;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace SelfImprove.Benchmarks;

/// <summary>
/// One keep-alive connection that posts one event after the other, each after the answer to the last. Requests are made once and only renumbered, so that
/// the load costs little of the machine that it shares with the host.
/// </summary>
internal sealed class EventPoster : IDisposable
{
    private const int Digits = 8;
    private readonly Socket _socket;
    private readonly Request _interaction;
    private readonly Request _feedback;
    private readonly byte[] _answer = new byte[4096];

    private EventPoster(Socket socket, Uri host, string agent, int number)
    {
        _socket = socket;
        var filler = new string('x', 200);
        _interaction = new Request(host, $"/api/agents/{agent}/events", $$$"""
            {"interaction":{"id":"i-{{{number:d3}}}-########","version":"v1","key":"user-{{{number}}}","input":[{"role":"user","content":"please route this {{{filler}}}"}],"output":{"text":"alpha"},"confidence":0.9,"tags":{"lang":"en"},"latencyMs":12.5}}
            """);
        _feedback = new Request(host, $"/api/agents/{agent}/feedback", $$$"""
            {"id":"f-{{{number:d3}}}-########","interaction":"i-{{{number:d3}}}-########","metric":"helpful","value":true,"source":{"kind":"human","id":"user-{{{number}}}"}}
            """);
    }

    /// <summary>Events acknowledged so far.</summary>
    public int Posted { get; private set; }

    /// <summary>How long each answer took, milliseconds.</summary>
    public List<double> Times { get; } = new(64 * 1024);

    public static async Task<EventPoster> ConnectAsync(Uri host, string agent, int number)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(host.Host, host.Port);
        return new EventPoster(socket, host, agent, number);
    }

    /// <summary>Posts for a while.</summary>
    /// <exception cref="InvalidOperationException">An answer was not 202.</exception>
    public async Task PostAsync(TimeSpan span)
    {
        await Task.Yield();
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < span;)
        {
            var bytes = (Posted % 2 == 0 ? _interaction : _feedback).Numbered(Posted / 2);
            var start = Stopwatch.GetTimestamp();
            await _socket.SendAsync(bytes);
            var length = 0;
            do
            {
                var read = await _socket.ReceiveAsync(_answer.AsMemory(length));
                if (read == 0) throw new InvalidOperationException("The host closed the connection.");
                length += read;
            }
            while (!IsWhole(_answer.AsSpan(0, length)));
            Times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (!_answer.AsSpan().StartsWith("HTTP/1.1 202"u8) || _answer.AsSpan(0, length).IndexOf("\"accepted\":1"u8) < 0)
                throw new InvalidOperationException($"Not accepted: {Encoding.UTF8.GetString(_answer, 0, length)}");
            Posted++;
        }
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0) return false;
        var at = answer[..head].IndexOf("Content-Length: "u8);
        if (at < 0) return answer.EndsWith("\r\n0\r\n\r\n"u8);
        return Utf8Parser.TryParse(answer[(at + "Content-Length: ".Length)..], out int length, out _) && answer.Length >= head + 4 + length;
    }

    private sealed class Request
    {
        private readonly byte[] _bytes;
        private readonly int[] _places;

        public Request(Uri host, string path, string body)
        {
            _bytes = Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: {host.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            var text = Encoding.ASCII.GetString(_bytes);
            var places = new List<int>();
            for (var at = text.IndexOf('#', StringComparison.Ordinal); at >= 0; at = text.IndexOf('#', at + Digits)) places.Add(at);
            _places = [.. places];
        }

        public ReadOnlyMemory<byte> Numbered(int number)
        {
            foreach (var place in _places)
                Utf8Formatter.TryFormat(number, _bytes.AsSpan(place, Digits), out _, new System.Buffers.StandardFormat('D', Digits));
            return _bytes;
        }
    }
}
