using System.Net;
using FsCheck;
using FsCheck.Fluent;
using SelfImprove.Azure.Outbound;
using SelfImprove.Testing;

namespace SelfImprove.Azure.Tests.Outbound;

public sealed class AddressRulesTests
{
    [Theory]
    [InlineData("20.62.134.1", AddressKind.Public)]
    [InlineData("172.15.255.255", AddressKind.Public)]
    [InlineData("172.32.0.0", AddressKind.Public)]
    [InlineData("100.63.255.255", AddressKind.Public)]
    [InlineData("2603:1030::1", AddressKind.Public)]
    [InlineData("::ffff:20.62.134.1", AddressKind.Public)]
    [InlineData("127.0.0.1", AddressKind.Private)]
    [InlineData("127.9.9.9", AddressKind.Private)]
    [InlineData("10.1.2.3", AddressKind.Private)]
    [InlineData("172.16.0.1", AddressKind.Private)]
    [InlineData("192.168.1.1", AddressKind.Private)]
    [InlineData("100.64.0.1", AddressKind.Private)]
    [InlineData("::1", AddressKind.Private)]
    [InlineData("fd12:3456::1", AddressKind.Private)]
    [InlineData("::ffff:10.0.0.1", AddressKind.Private)]
    [InlineData("169.254.169.254", AddressKind.Forbidden)]
    [InlineData("169.254.1.1", AddressKind.Forbidden)]
    [InlineData("::ffff:169.254.169.254", AddressKind.Forbidden)]
    [InlineData("64:ff9b::a9fe:a9fe", AddressKind.Forbidden)]
    [InlineData("2002:a9fe:a9fe::1", AddressKind.Forbidden)]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2", AddressKind.Forbidden)]
    [InlineData("::a9fe:a9fe", AddressKind.Forbidden)]
    [InlineData("168.63.129.16", AddressKind.Forbidden)]
    [InlineData("100.100.100.200", AddressKind.Forbidden)]
    [InlineData("fd00:ec2::254", AddressKind.Forbidden)]
    [InlineData("fe80::1", AddressKind.Forbidden)]
    [InlineData("fe80::1%3", AddressKind.Forbidden)]
    [InlineData("fd00:ec2::254%3", AddressKind.Forbidden)]
    [InlineData("0.0.0.0", AddressKind.Forbidden)]
    [InlineData("::", AddressKind.Forbidden)]
    [InlineData("224.0.0.1", AddressKind.Forbidden)]
    [InlineData("ff02::1", AddressKind.Forbidden)]
    [InlineData("255.255.255.255", AddressKind.Forbidden)]
    public void KindOf_Address_IsTold(string address, AddressKind kind) => AddressRules.KindOf(IPAddress.Parse(address)).ShouldBe(kind);

    [Fact]
    public void KindOf_AnyV4Address_IsTheSameWhenMapped() =>
        Prop.ForAll<uint>(bits => AddressRules.KindOf(new IPAddress(bits)) == AddressRules.KindOf(new IPAddress(bits).MapToIPv6())).Check(Properties.Checked);
}
