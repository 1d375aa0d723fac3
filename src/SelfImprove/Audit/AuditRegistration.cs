using Microsoft.Extensions.DependencyInjection;

namespace SelfImprove.Audit;

/// <summary>Registration of the audit's parts.</summary>
public static class AuditRegistration
{
    /// <summary>Adds <see cref="AuditLog"/>, <see cref="AuditVerifier"/> and <see cref="DecisionLog"/>; needs
    /// an object store and a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddAudit(this IServiceCollection services) =>
        services.AddSingleton<AuditLog>().AddSingleton<AuditVerifier>().AddSingleton<DecisionLog>();
}
