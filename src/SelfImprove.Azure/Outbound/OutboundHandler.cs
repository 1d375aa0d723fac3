namespace SelfImprove.Azure.Outbound;

/// <summary>Refuses requests to other hosts before anything is looked up, and bounds answers in size and time.</summary>
internal sealed class OutboundHandler(OutboundRules rules, OutboundSettings settings, TimeProvider clock, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    public static AnswerTooLargeException TooLarge(string host, long most) =>
        new($"The answer of {host} is larger than the {most} bytes that are taken in. Ask for less, or raise the limit.");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Check(request.RequestUri);
        var deadline = new CancellationTokenSource(rules.Timeout, clock);
        try
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
            var response = await base.SendAsync(request, both.Token);
            Bound(response, await response.Content.ReadAsStreamAsync(both.Token), deadline);
            return response;
        }
        catch (Exception e)
        {
            if (Ending(e, request, deadline, cancellationToken) is { } ending) throw ending;
            throw;
        }
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Check(request.RequestUri);
        var deadline = new CancellationTokenSource(rules.Timeout, clock);
        try
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
            var response = base.Send(request, both.Token);
            Bound(response, response.Content.ReadAsStream(both.Token), deadline);
            return response;
        }
        catch (Exception e)
        {
            if (Ending(e, request, deadline, cancellationToken) is { } ending) throw ending;
            throw;
        }
    }

    private void Check(Uri? uri)
    {
        if (uri is not { IsAbsoluteUri: true, UserInfo: "" }) throw new OutboundRefusedException("An outgoing request needs an absolute address without credentials in it.");
        if (!rules.Hosts.Any(h => h.Matches(uri)))
            throw new OutboundRefusedException($"A request to {uri.Authority} was refused: this client may reach {string.Join(", ", rules.Hosts)} only.");
        var plain = uri.Scheme == Uri.UriSchemeHttp && (rules.AllowPrivate || settings.AllowPrivate.Any(p => p.Matches(uri)));
        if (uri.Scheme != Uri.UriSchemeHttps && !plain) throw new OutboundRefusedException($"A request to {uri.Scheme}://{uri.Authority} was refused: use https.");
    }

    private void Bound(HttpResponseMessage response, Stream body, CancellationTokenSource deadline)
    {
        var host = response.RequestMessage!.RequestUri!.Authority;
        var content = response.Content;
        if (content.Headers.ContentLength > rules.MaxResponseBytes)
        {
            response.Dispose();
            throw TooLarge(host, rules.MaxResponseBytes);
        }
        response.Content = new StreamContent(new BoundedStream(body, rules.MaxResponseBytes, host, deadline, rules.Timeout));
        foreach (var (name, values) in content.Headers) response.Content.Headers.TryAddWithoutValidation(name, values);
    }

    private Exception? Ending(Exception e, HttpRequestMessage request, CancellationTokenSource deadline, CancellationToken cancellationToken)
    {
        var late = deadline.IsCancellationRequested;
        deadline.Dispose();
        return e switch
        {
            HttpRequestException { InnerException: OutboundRefusedException refused } => new OutboundRefusedException(refused.Message),
            OperationCanceledException when late && !cancellationToken.IsCancellationRequested =>
                new HttpRequestException(HttpRequestError.Unknown, $"{request.RequestUri!.Authority} gave no answer within {rules.Timeout}.", e),
            _ => null,
        };
    }
}
