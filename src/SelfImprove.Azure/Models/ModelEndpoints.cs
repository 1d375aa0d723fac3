using System.ClientModel.Primitives;
using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Azure.Core;
using Microsoft.Extensions.Logging;
using OpenAI;
using OpenAI.Chat;
using SelfImprove.Azure.Outbound;
using SelfImprove.Azure.Secrets;
using SelfImprove.Models;

namespace SelfImprove.Azure.Models;

/// <summary>
/// The model endpoints of the host's configuration, ready to be used. Every call of their clients keeps the outbound and secret rules: it goes to the
/// endpoint's host only, with the endpoint's own credential only.
/// </summary>
/// <param name="settings">The endpoints.</param>
/// <param name="secrets">Their keys.</param>
/// <param name="http">Makes their transports.</param>
/// <param name="credential">The host's identity, for endpoints that take Entra ID tokens.</param>
/// <param name="clock">Measures waits and deadlines.</param>
/// <param name="random">Spreads retries; [0,1).</param>
/// <param name="logger">Gets what was retried.</param>
public sealed partial class ModelEndpoints(
    ModelSettings settings, SecretBook secrets, OutboundHttp http, TokenCredential credential, TimeProvider clock, Func<double> random,
    ILogger<ModelEndpoints> logger)
{
    private readonly ConcurrentDictionary<string, Lazy<PipelineTransport>> _transports = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string, string), Lazy<IChatModel>> _models = new();

    /// <summary>Their names.</summary>
    public IEnumerable<string> Names => settings.Endpoints.Keys;

    /// <summary>An endpoint's settings.</summary>
    /// <exception cref="UnusableModelException">The configuration has none of that name.</exception>
    public ModelEndpointSettings Get(string name) => settings.Endpoints.TryGetValue(name, out var endpoint)
        ? endpoint
        : throw new UnusableModelException(
            $"This host has no model endpoint '{name}'. {Known()}. Configure it under models:endpoints.");

    /// <summary>A client of the OpenAI SDK for an endpoint: for files, fine-tuning jobs and the like. It repeats nothing by itself and has no deadline but the
    /// outbound one; the caller cares for both.</summary>
    /// <exception cref="UnusableModelException">The configuration has no such endpoint.</exception>
    public OpenAIClient Client(string name) => Client(Get(name), null);

    /// <summary>A model or deployment of an endpoint; one object for all who ask.</summary>
    /// <param name="name">The endpoint.</param>
    /// <param name="model">The model's or deployment's name there.</param>
    /// <exception cref="UnusableModelException">The configuration has no such endpoint, or does not let the model be used.</exception>
    public IChatModel Chat(string name, string model)
    {
        var endpoint = Get(name);
        if (endpoint.Models.Count > 0 && !endpoint.Models.Contains(model, StringComparer.Ordinal))
            throw new UnusableModelException(
                $"The endpoint '{name}' may not be asked for the model '{model}', but for {string.Join(", ", endpoint.Models)}. "
                + $"If it is meant, list it under models:endpoints:{name}:models.");
        if (endpoint.DeploymentHeader is { } header && !DeploymentForm().IsMatch(model))
            throw new UnusableModelException(
                $"'{model}' is no name of a deployment: the endpoint '{name}' sends it in the header {header}. Expected 1 to 64 letters, digits, '-', '_' and '.'.");
        return _models.GetOrAdd((name, model), _ => new Lazy<IChatModel>(() => Create(endpoint, model))).Value;
    }

    private string Known() =>
        settings.Endpoints.Count == 0 ? "It has none at all" : "It has: " + string.Join(", ", settings.Endpoints.Keys.Order(StringComparer.Ordinal));

    private EndpointModel Create(ModelEndpointSettings endpoint, string model)
    {
        var gate = new AdaptiveGate(endpoint.Limits, clock);
        return new EndpointModel(Client(endpoint, gate, model).GetChatClient(model), model, endpoint, new ModelCall(endpoint, model, gate, secrets, clock, random, logger));
    }

    private OpenAIClient Client(ModelEndpointSettings endpoint, AdaptiveGate? gate, string? model = null)
    {
        var options = new OpenAIClientOptions
        {
            Endpoint = endpoint.Url,
            Transport = _transports.GetOrAdd(endpoint.Name, _ => new Lazy<PipelineTransport>(() => http.CreateTransport(new OutboundRules
            {
                Hosts = [HostPattern.Of(endpoint.Url)],
                AllowPrivate = endpoint.AllowPrivate,
                MaxResponseBytes = endpoint.Limits.MaxResponseBytes,
                Timeout = endpoint.Limits.Timeout,
            }))).Value,
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0), // retries are ModelCall's, on the injected clock
            NetworkTimeout = Timeout.InfiniteTimeSpan, // so are deadlines
            UserAgentApplicationId = "selfimprove",
            ClientLoggingOptions = new ClientLoggingOptions { EnableLogging = false }, // no content and no header gets into a log
        };
        if (gate is not null) options.AddPolicy(new AllowancePolicy(gate, clock), PipelinePosition.PerTry);
        if (model is not null && endpoint.DeploymentHeader is { } header) options.AddPolicy(new DeploymentPolicy(header, model), PipelinePosition.PerCall);
        AuthenticationPolicy authentication = endpoint.Auth == EndpointAuth.Entra
            ? new EntraPolicy(credential, endpoint.Scope, settings.EntraHosts)
            : new KeyPolicy(secrets, endpoint.Auth == EndpointAuth.None ? null : endpoint.Secret, endpoint.Auth == EndpointAuth.Bearer);
#pragma warning disable OPENAI001 // the form with a policy of one's own is marked as evaluation; it is the one Azure's Entra ID tokens need
        return new OpenAIClient(authentication, options);
#pragma warning restore OPENAI001
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex DeploymentForm();
}
