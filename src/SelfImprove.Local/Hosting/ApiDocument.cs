using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using SelfImprove.Api.Hosting;
using SelfImprove.Api.Security;

namespace SelfImprove.Local.Hosting;

/// <summary>The API's OpenAPI document.</summary>
internal static class ApiDocument
{
    public static void Describe(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "SelfImprove";
            document.Info.Version = typeof(ApiRoutes).Assembly.GetName().Version!.ToString(3);
            document.Info.Description = "Serves agents, takes in what users say, and improves them. Errors are problem+json (RFC 9457) with a stable type; on /v1 they have OpenAI's form.";
            return Task.CompletedTask;
        });
        // The handlers' own comments are for programmers; the table of routes says it for clients.
        options.AddOperationTransformer(async (operation, context, cancellationToken) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<ApiRoute>().FirstOrDefault() is not { } route) return;
            (operation.Summary, operation.Description) = (route.Summary, route.Roles == ApiRoles.None ? "Open to all." : $"On a host with API keys: needs a role of {route.Roles.ToString().ToLowerInvariant()}.");
            // Handlers read bodies by themselves, bounded; so the description can't find them by itself.
            operation.RequestBody = route.Body is null ? null : new OpenApiRequestBody
            {
                Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = await context.GetOrCreateSchemaAsync(route.Body, null, cancellationToken) } },
            };
        });
    }
}
