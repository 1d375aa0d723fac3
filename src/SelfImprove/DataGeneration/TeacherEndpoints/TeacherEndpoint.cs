using System.Security.Cryptography;
using System.Text;
using SelfImprove.Agents.Manifests;

namespace SelfImprove.DataGeneration.TeacherEndpoints;

/// <summary>A teacher's deployment, the same for all runs that ask for the same: they share it.</summary>
/// <param name="Name">Its name, here and at the service: made from everything else.</param>
/// <param name="Profile">Where it is deployed: a profile that the host approves.</param>
/// <param name="Model">The model's name at the service.</param>
/// <param name="Version">The model's version.</param>
/// <param name="Sku">The kind of deployment.</param>
/// <param name="Capacity">How much of it.</param>
public sealed record TeacherEndpoint(string Name, string Profile, string Model, string Version, string Sku, int Capacity)
{
    /// <summary>The scheme of references to such endpoints: <c>endpoint:{name}</c>.</summary>
    public const string Scheme = "endpoint";

    /// <summary>The endpoint that a manifest asks for.</summary>
    public static TeacherEndpoint Of(TeacherDeployment settings)
    {
        var all = $"{settings.Profile}\n{settings.Model}\n{settings.Version}\n{settings.Sku}\n{settings.Capacity}";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)).AsSpan(0, 6));
        var model = string.Concat(settings.Model.ToLowerInvariant().Where(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
        return new TeacherEndpoint($"teacher-{(model.Length <= 24 ? model : model[..24])}-{hash}", settings.Profile, settings.Model, settings.Version, settings.Sku, settings.Capacity);
    }

    /// <summary>The model reference that a teacher is opened by: its own, or that of its endpoint; null where it has neither.</summary>
    public static string? ReferenceOf(TeacherSettings teacher) => teacher.Deploy is { } deploy ? $"{Scheme}:{Of(deploy).Name}" : teacher.Model;
}
