using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using SelfImprove.Api.Hosting;

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
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<IEndpointSummaryMetadata>().LastOrDefault() is { } said) (operation.Summary, operation.Description) = (said.Summary, null);
            return Task.CompletedTask;
        });
    }
}
