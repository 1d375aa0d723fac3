using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using SelfImprove.Api.Security;

namespace SelfImprove.Local.Hosting;

/// <summary>
/// Serves requests of this very process and opens no port: a command that works on a folder by itself uses the API as it uses a running host's.
/// Whoever can start such a process can read the folder, so no key is asked for.
/// </summary>
internal sealed class InProcessServer : IServer
{
    private Func<IFeatureCollection, Task>? _process;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken) where TContext : notnull
    {
        _process = async features =>
        {
            var context = application.CreateContext(features);
            Exception? failure = null;
            try
            {
                await application.ProcessRequestAsync(context);
            }
            catch (Exception e)
            {
                failure = e;
                throw;
            }
            finally
            {
                application.DisposeContext(context, failure);
            }
        };
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public HttpClient CreateClient() => new(new Handler(this)) { BaseAddress = new Uri("http://localhost/"), Timeout = Timeout.InfiniteTimeSpan };

    public void Dispose()
    {
    }

    private sealed class Handler(InProcessServer server) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
        {
            var process = server._process ?? throw new InvalidOperationException("The host is not started.");
            var uri = message.RequestUri!;
            var request = new HttpRequestFeature
            {
                Method = message.Method.Method,
                Scheme = uri.Scheme,
                Path = Uri.UnescapeDataString(uri.AbsolutePath),
                QueryString = uri.Query,
                RawTarget = uri.PathAndQuery,
                Protocol = "HTTP/1.1",
                Body = message.Content is null ? Stream.Null : new MemoryStream(await message.Content.ReadAsByteArrayAsync(cancellationToken)),
            };
            request.Headers.Host = uri.Authority;
            foreach (var (name, values) in message.Headers) request.Headers[name] = values.ToArray();
            foreach (var (name, values) in message.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>()) request.Headers[name] = values.ToArray();
            if (message.Content is not null) request.Headers.ContentLength = request.Body.Length;
            var body = new MemoryStream();
            var response = new HttpResponseFeature();
            var writer = new StreamResponseBodyFeature(body);
            var features = new FeatureCollection();
            features.Set<IHttpRequestFeature>(request);
            features.Set<IHttpResponseFeature>(response);
            features.Set<IHttpResponseBodyFeature>(writer);
            features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature { RequestAborted = cancellationToken });
            features.Set(ApiCaller.Local);
            await process(features);
            await writer.CompleteAsync();
            var answer = new HttpResponseMessage((HttpStatusCode)response.StatusCode) { RequestMessage = message, Content = new ByteArrayContent(body.ToArray()) };
            foreach (var (name, values) in response.Headers)
                if (!answer.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values)) answer.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            return answer;
        }
    }
}
