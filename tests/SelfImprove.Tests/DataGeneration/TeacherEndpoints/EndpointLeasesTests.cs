using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.TeacherEndpoints;
using SelfImprove.Storage;
using SelfImprove.Testing.Storage;
using SelfImprove.Tests.Agents;

namespace SelfImprove.Tests.DataGeneration.TeacherEndpoints;

/// <summary>Who may use a teacher's endpoint, and who removes it.</summary>
public sealed class EndpointLeasesTests
{
    private static readonly TeacherDeployment Settings = new() { Profile = "teachers", Model = "gpt-4.1", Version = "2025-04-14" };
    private static readonly TeacherEndpoint Endpoint = TeacherEndpoint.Of(Settings);

    private readonly MemoryStore _store = new();

    private EndpointLeases Leases => new(_store, new JsonDocuments(_store), TimeProvider.System);

    [Fact]
    public void Of_SameSettings_SameNameAndNoOther()
    {
        TeacherEndpoint.Of(Settings with { Price = 3, ReadyWithin = TimeSpan.FromHours(1) }).ShouldBe(Endpoint, "what a run pays or waits is no other endpoint");
        TeacherDeployment[] others = [Settings with { Capacity = 11 }, Settings with { Version = "2" }, Settings with { Sku = "Standard" }, Settings with { Profile = "other" }];
        others.Select(o => TeacherEndpoint.Of(o).Name).Append(Endpoint.Name).Distinct().Count().ShouldBe(5);
        Endpoint.Name.ShouldStartWith("teacher-gpt-41-");
        StoragePath.IsSegment(TeacherEndpoint.Of(Settings with { Model = new string('X', 64) }).Name).ShouldBeTrue();
    }

    [Fact]
    public async Task Release_AnotherHolds_RemovesNothing()
    {
        (await Leases.HoldAsync(Endpoint, "a")).ShouldBeTrue();
        (await Leases.HoldAsync(Endpoint, "b")).ShouldBeTrue();
        (await Leases.ReleaseAsync(Endpoint.Name, "a")).ShouldBeNull();
        (await Leases.BeginRemovalAsync(Endpoint.Name, 1)).ShouldBeNull();
        (await Leases.ReleaseAsync(Endpoint.Name, "b")).ShouldBe(1);
        (await Leases.ReleaseAsync(Endpoint.Name, "b")).ShouldBe(1, "repeated, it says the same");
    }

    [Fact]
    public async Task Hold_AfterTheLastLetGo_KeepsIt()
    {
        await Leases.HoldAsync(Endpoint, "a");
        var due = (await Leases.ReleaseAsync(Endpoint.Name, "a"))!.Value;
        (await Leases.HoldAsync(Endpoint, "b")).ShouldBeTrue();
        (await Leases.BeginRemovalAsync(Endpoint.Name, due)).ShouldBeNull();
    }

    [Fact]
    public async Task Hold_WhileItIsRemoved_WaitsAndALateRemovalDoesNoHarm()
    {
        await Leases.HoldAsync(Endpoint, "a");
        await Leases.ReleaseAsync(Endpoint.Name, "a");
        (await Leases.BeginRemovalAsync(Endpoint.Name, 1)).ShouldNotBeNull();
        (await Leases.BeginRemovalAsync(Endpoint.Name, 1)).ShouldNotBeNull("its own repetition goes on");
        (await Leases.HoldAsync(Endpoint, "b")).ShouldBeFalse();
        await Leases.EndRemovalAsync(Endpoint.Name, 1);
        (await Leases.HoldAsync(Endpoint, "b")).ShouldBeTrue();
        (await Leases.BeginRemovalAsync(Endpoint.Name, 1)).ShouldBeNull();
        await Leases.EndRemovalAsync(Endpoint.Name, 1);
        (await Leases.ReadAsync(Endpoint.Name))!.State.ShouldBe(LeaseState.Wanted);
    }

    [Fact]
    public async Task Hold_ByManyAtOnce_LosesNobody()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Leases.HoldAsync(Endpoint, $"run-{i}")));
        var last = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Leases.ReleaseAsync(Endpoint.Name, $"run-{i}")));
        last.ShouldContain(1);
        (await Leases.ReadAsync(Endpoint.Name))!.Holders.ShouldBeEmpty();
    }
}
