namespace SelfImprove.DataGeneration.TeacherEndpoints;

/// <summary>All places of this host where teachers can be deployed; perhaps none.</summary>
/// <param name="hosts">They.</param>
public sealed class TeacherHosts(IEnumerable<ITeacherHost> hosts)
{
    /// <summary>The place with a profile; null where none has it.</summary>
    public ITeacherHost? Find(string profile) => hosts.FirstOrDefault(h => h.Has(profile));

    /// <summary>Why nothing can be deployed by a profile.</summary>
    public static string Unknown(string profile) =>
        $"This host approves no profile '{profile}' for deploying teachers. Add it to the host's configuration, or name a teacher that is deployed already.";
}
