namespace SelfImprove.Api.Security;

/// <summary>What a caller may do. On a route: any one of them is enough; none is needed where it is <see cref="None"/>.</summary>
[Flags]
public enum ApiRoles
{
    /// <summary>Nothing; of a route: open to all.</summary>
    None = 0,
    /// <summary>Use the gateway, send interactions and feedback.</summary>
    Ingest = 1,
    /// <summary>Look at everything, put manifests, ask for improvements, roll back, answer the inbox.</summary>
    Operate = 2,
    /// <summary>Answer approval gates, and look at everything.</summary>
    Approve = 4,
    /// <summary>All of them.</summary>
    All = Ingest | Operate | Approve,
}
