using SelfImprove.Api.Security;
using SelfImprove.Durable;
using SelfImprove.Storage;

namespace SelfImprove.Api.Tests.Security;

public sealed class ApiKeyFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("selfimprove-keys-").FullName;

    private string File => Path.Combine(_folder, "keys.json");

    [Fact]
    public void Add_KeepsTheHashAlone_ForItsOwnerOnly()
    {
        var keys = new ApiKeyFile(File, TimeProvider.System);
        var key = keys.Add("ada", ApiRoles.Operate | ApiRoles.Approve);

        key.ShouldStartWith("si_");
        System.IO.File.ReadAllText(File).ShouldNotContain(key[3..]);
        if (!OperatingSystem.IsWindows()) System.IO.File.GetUnixFileMode(File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        keys.Find(key).ShouldBe(new ApiCaller("ada", ApiRoles.Operate | ApiRoles.Approve));
        new ApiKeyFile(File, TimeProvider.System).Find(key).ShouldBe(new ApiCaller("ada", ApiRoles.Operate | ApiRoles.Approve));
    }

    [Theory]
    [InlineData("")]
    [InlineData("si_")]
    [InlineData("si_00")]
    public void Find_UnknownKey_GivesNobody(string key)
    {
        var keys = new ApiKeyFile(File, TimeProvider.System);
        var made = keys.Add("ada", ApiRoles.Ingest);

        keys.Find(key).ShouldBeNull();
        keys.Find(made + "0").ShouldBeNull();
        keys.Find(made.AsSpan(0, made.Length - 1)).ShouldBeNull();
        keys.Find(new string('x', 10_000)).ShouldBeNull();
    }

    [Fact]
    public void Remove_TakesItAway()
    {
        var keys = new ApiKeyFile(File, TimeProvider.System);
        var key = keys.Add("ada", ApiRoles.Ingest);

        keys.Remove("ada").ShouldBeTrue();
        keys.Remove("ada").ShouldBeFalse();
        keys.Find(key).ShouldBeNull();
        keys.Any.ShouldBeFalse();
    }

    [Fact]
    public void Add_BadNameNoRoleOrTaken_Throws()
    {
        var keys = new ApiKeyFile(File, TimeProvider.System);
        keys.Add("ada", ApiRoles.Ingest);

        Should.Throw<ArgumentException>(() => keys.Add("../x", ApiRoles.Ingest));
        Should.Throw<ArgumentException>(() => keys.Add("bob", ApiRoles.None));
        Should.Throw<ArgumentException>(() => keys.Add("ada", ApiRoles.Operate));
    }

    [Fact]
    public void Add_ByAnotherProcess_IsSeenWithinASecond()
    {
        var clock = new VirtualClock();
        var host = new ApiKeyFile(File, clock);
        host.Any.ShouldBeFalse();

        var key = new ApiKeyFile(File, TimeProvider.System).Add("ada", ApiRoles.Ingest);
        clock.Advance(TimeSpan.FromSeconds(1));

        host.Find(key).ShouldNotBeNull().Name.ShouldBe("ada");
    }

    [Fact]
    public void Any_DamagedFile_ThrowsAndNeverOpensTheHost()
    {
        System.IO.File.WriteAllText(File, "[{");

        Should.Throw<StorageException>(() => new ApiKeyFile(File, TimeProvider.System).Any).Message.ShouldContain("keys.json");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
