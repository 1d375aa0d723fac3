using SelfImprove.Models.Endpoints;

namespace SelfImprove.DataGeneration.TeacherEndpoints;

/// <summary>
/// Where teachers are deployed while they are needed. As with deployment targets, every call looks at what is there and takes the next step; none waits for the
/// service; only what carries the runtime's own tag is ever touched.
/// </summary>
public interface ITeacherHost
{
    /// <summary>Whether it has this profile: of several hosts, the first that has it is asked.</summary>
    bool Has(string profile);

    /// <summary>Brings the endpoint towards answering; one of that name that is not ours is used, never changed.</summary>
    /// <param name="endpoint">What.</param>
    /// <param name="operation">What the last look named; null at first.</param>
    /// <param name="cancellationToken">Cancels the call, not the deployment.</param>
    Task<EndpointStatus> AdvanceAsync(TeacherEndpoint endpoint, string? operation, CancellationToken cancellationToken = default);

    /// <summary>Takes the endpoint away; gone where it is not there, or is not ours.</summary>
    Task<EndpointStatus> RemoveAsync(TeacherEndpoint endpoint, string? operation, CancellationToken cancellationToken = default);
}
