using System.Buffers.Binary;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using SelfImprove.Training.Builtin;
using SelfImprove.Testing;

namespace SelfImprove.Tests.Training.Builtin;

public sealed class StudentModelFileTests
{
    private const int HashLength = 32;
    private static readonly StudentModel s_model = Sample.Train();
    private static readonly byte[] s_file = s_model.ToBytes();

    [Fact]
    public void Load_AfterSave_PredictsBitByBitTheSame()
    {
        using var stream = new MemoryStream();
        s_model.Save(stream);
        stream.Position = 0;

        var loaded = StudentModel.Load(stream);

        foreach (var row in Sample.Rows.Select(row => row.Text).Append("").Append("something else entirely"))
            loaded.Predict(row).ShouldBe(s_model.Predict(row));
        loaded.ContentHash.ShouldBe(s_model.ContentHash);
        loaded.Classes.ShouldBe(s_model.Classes);
        loaded.TrainedOn.ShouldBe(s_model.TrainedOn);
        loaded.ToBytes().ShouldBe(s_file);
    }

    [Fact]
    public void Load_WithAnyByteChanged_Throws() =>
        Check.One(Properties.Checked.WithMaxTest(2000), Prop.ForAll(
            Gen.Zip(Gen.Choose(0, s_file.Length - 1), Gen.Choose(1, 255)).ToArbitrary(),
            change =>
            {
                var file = (byte[])s_file.Clone();
                file[change.Item1] ^= (byte)change.Item2;
                Should.Throw<InvalidModelFileException>(() => StudentModel.Load(file));
            }));

    [Fact]
    public void Load_CutShortAnywhere_Throws() =>
        Check.One(Properties.Checked.WithMaxTest(500), Prop.ForAll(
            Gen.Choose(0, s_file.Length - 1).ToArbitrary(),
            length => { Should.Throw<InvalidModelFileException>(() => StudentModel.Load(s_file.AsSpan(0, length).ToArray())); }));

    /// <summary>
    /// A valid checksum proves nothing about sense: whoever writes a file can hash it. Such a file loads or is refused, it never crashes and never gives
    /// a probability that is none.
    /// </summary>
    [Fact]
    public void Load_WithChangedContentAndMatchingChecksum_IsRefusedOrPredictsSanely() =>
        Check.One(Properties.Checked.WithMaxTest(2000), Prop.ForAll(
            Gen.Zip(Gen.Frequency((3, Gen.Choose(14, 200)), (1, Gen.Choose(14, s_file.Length - HashLength - 1))), Gen.Choose(1, 255)).ToArbitrary(),
            change =>
            {
                var file = (byte[])s_file.Clone();
                file[change.Item1] ^= (byte)change.Item2;
                try
                {
                    var prediction = StudentModel.Load(Sealed(file)).Predict("book a room");
                    prediction.Probability.ShouldBeInRange(0, 1);
                    prediction.Margin.ShouldBeInRange(0, 1);
                }
                catch (InvalidModelFileException problem)
                {
                    problem.Message.ShouldContain("not consistent");
                }
            }));

    [Fact]
    public void Load_OfANewerVersion_AsksForANewerBuild()
    {
        var file = (byte[])s_file.Clone();
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(8), 2);

        Should.Throw<InvalidModelFileException>(() => StudentModel.Load(Sealed(file))).Message.ShouldContain("version 2, this build reads up to 1");
    }

    [Fact]
    public void Load_OfAnotherKindOfFile_SaysSo()
    {
        Should.Throw<InvalidModelFileException>(() => StudentModel.Load("{\"model\": true}"u8)).Message.ShouldContain("not a student model");
        Should.Throw<InvalidModelFileException>(() => StudentModel.Load(new MemoryStream("PK zip or so"u8.ToArray()))).Message.ShouldContain("not a student model");
        Should.Throw<InvalidModelFileException>(() => StudentModel.Load(ReadOnlySpan<byte>.Empty)).Message.ShouldContain("empty");
    }

    [Fact]
    public void Load_WithBytesAfterTheEnd_Throws() =>
        Should.Throw<InvalidModelFileException>(() => StudentModel.Load([.. s_file, 0])).Message.ShouldContain("something was added");

    [Fact]
    public void ContentHash_IsTheChecksumAtTheEnd() =>
        s_model.ContentHash.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(s_file.AsSpan(0, s_file.Length - HashLength))));

    private static byte[] Sealed(byte[] file)
    {
        SHA256.HashData(file.AsSpan(0, file.Length - HashLength), file.AsSpan(file.Length - HashLength));
        return file;
    }
}
