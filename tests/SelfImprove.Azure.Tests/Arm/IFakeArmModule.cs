namespace SelfImprove.Azure.Tests.Arm;

/// <summary>A resource provider of the fake: its routes, and what it keeps.</summary>
public interface IFakeArmModule
{
    void Map(FakeArmRoutes routes);
}
