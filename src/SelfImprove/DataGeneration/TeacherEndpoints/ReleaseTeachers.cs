using SelfImprove.Orchestration;

namespace SelfImprove.DataGeneration.TeacherEndpoints;

/// <summary>A removal that is due.</summary>
/// <param name="Endpoint">The endpoint's name.</param>
/// <param name="Removal">Its number.</param>
public sealed record DueRemoval(string Endpoint, int Removal);

/// <summary>Lets go of endpoints; gives those that nobody holds any more. It asks no guard: a cancelled run cleans up too.</summary>
public sealed class ReleaseTeachers(EndpointLeases leases) : Activity<ReadyTeachersInput, IReadOnlyList<DueRemoval>>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<ReadyTeachersInput, IReadOnlyList<DueRemoval>> Ref = new(nameof(ReleaseTeachers));

    /// <summary>How its call is repeated: a teacher that is not released costs, so it outlasts a store's outage of hours.</summary>
    public static readonly RetryPolicy Retry = new(60, TimeSpan.FromSeconds(2), 2, TimeSpan.FromMinutes(5));

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<DueRemoval>> RunAsync(ActivityContext context, ReadyTeachersInput input, CancellationToken cancellationToken)
    {
        var due = new List<DueRemoval>();
        foreach (var endpoint in input.Endpoints)
            if (await leases.ReleaseAsync(endpoint, input.Holder, cancellationToken) is { } removal) due.Add(new DueRemoval(endpoint, removal));
        return due;
    }
}
