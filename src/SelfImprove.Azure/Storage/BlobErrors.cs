using System.Net.Sockets;
using System.Xml;
using System.Xml.Linq;
using Azure;
using Azure.Identity;
using SelfImprove.Storage;

namespace SelfImprove.Azure.Storage;

/// <summary>What the service or the network reports, put for people. What may pass by itself has an <see cref="IOException"/> inside, which the seam retries.</summary>
internal static class BlobErrors
{
    public static string CodeOf(Response response)
    {
        if (response.Headers.TryGetValue("x-ms-error-code", out var code)) return code;
        try
        {
            return response.ContentStream is { Length: > 0 } ? XDocument.Load(response.Content.ToStream()).Root?.Element("Code")?.Value ?? "" : "";
        }
        catch (XmlException)
        {
            return "";
        }
    }

    /// <summary>An answer that no operation expects.</summary>
    public static StorageException From(Response response, BlobStoreSettings settings, string path, string doing)
    {
        var code = CodeOf(response);
        var said = $"{response.Status} {(code.Length > 0 ? code : response.ReasonPhrase)}";
        if (response.Headers.TryGetValue("x-ms-request-id", out var id)) said += $", request {id}";
        var what = $"Azure Blob Storage did not {doing} {path} in {settings} ({said})";
        if (response.Status is 408 or 429 or >= 500)
            return new StorageException($"{what}: it is busy or out of order. Try again later.", path, new IOException(said));
        return new StorageException($"{what}: {Advice(response.Status, code, settings)}", path);
    }

    /// <summary>No answer at all.</summary>
    public static StorageException From(Exception failed, BlobStoreSettings settings, string path, string doing)
    {
        var cause = failed is AggregateException { InnerExceptions: [.., var last] } ? last : failed;
        if (cause is AuthenticationFailedException)
        {
            return new StorageException(
                $"There is no Entra ID token to {doing} {path} in {settings}: {cause.Message.TrimEnd('.')}. "
                + "On your own machine sign in with 'az login'; in Azure give the host a managed identity.", path, new IOException(cause.Message, failed));
        }
        var said = cause switch
        {
            OperationCanceledException => "it did not answer in time",
            { InnerException: { InnerException: SocketException inner } } => inner.Message,
            { InnerException: SocketException inner } => inner.Message,
            _ => cause.Message,
        };
        var advice = settings.Endpoint.IsLoopback ? "Is Azurite running there?" : "Check the account's name, the network and the account's firewall.";
        return new StorageException($"{settings.Endpoint} can't be reached to {doing} {path}: {said.TrimEnd('.')}. {advice}", path, new IOException(said, failed));
    }

    private static string Advice(int status, string code, BlobStoreSettings settings) => (status, code) switch
    {
        (_, "KeyBasedAuthenticationNotPermitted") =>
            $"the account allows no keys. Use Entra ID: {BlobStoreSettings.Scheme}{settings.Endpoint.AbsoluteUri.TrimEnd('/')}/{settings.Container}.",
        (_, "AuthorizationPermissionMismatch" or "InsufficientAccountPermissions") =>
            "the identity has no right to. Give it the role 'Storage Blob Data Contributor' on the account or the container; a new role takes minutes to hold.",
        (403, "AuthorizationFailure") when !settings.UsesKey => "it refuses this caller. Check the account's firewall and private endpoints, and the identity's roles.",
        (401 or 403, _) when settings.UsesKey =>
            $"it refuses the key of the account '{settings.Account}'. Check AccountKey and AccountName in {settings.Source}, that this machine's clock is right, and the account's firewall.",
        (401 or 403, _) => "it refuses the Entra ID token. Check the identity's roles ('Storage Blob Data Contributor') and its tenant.",
        (404, "ContainerNotFound") => "the container is gone. Restore it (soft delete), or start the host anew, which makes an empty one.",
        (409, "ContainerBeingDeleted") => "the container is being deleted. Wait a minute, or name another.",
        (404, _) => "there is no such account or container. Check the setting.",
        (409, "BlockCountExceedsLimit") => "it was appended to 50,000 times, which is the most there is. Start a new object.",
        (409, "InvalidBlobType") => "it was made by appending, and such an object can't be written as a whole. Delete it first.",
        (413, _) => "that is too much for one request (5,000 MiB to write, 100 MiB to append).",
        _ => "it refuses the request. Search for the code in Microsoft's 'Blob Storage error codes'.",
    };
}
