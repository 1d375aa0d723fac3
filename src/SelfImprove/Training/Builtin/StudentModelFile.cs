using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace SelfImprove.Training.Builtin;

/// <summary>
/// The file of a student model, little-endian: "SIstudnt", version (uint16), length of the body (int32), body, SHA-256 of all before it.
/// The body: shape, temperature, rows trained on, class names, prior, bias and scale of each class, a bit for each bucket that has a column, feature
/// weights, softmax weights as signed bytes.
/// </summary>
internal static class StudentModelFile
{
    /// <summary>The version written, and the newest one read.</summary>
    public const ushort Version = 1;

    /// <summary>Bytes of the hash at the end.</summary>
    public const int HashLength = SHA256.HashSizeInBytes;

    /// <summary>Longest class name, in UTF-16 units.</summary>
    public const int MaxClassName = 512;

    private const int HeaderLength = 14;
    private const int MaxFileLength = 1 << 30;

    /// <summary>No fitted number is larger; with it, no score overflows.</summary>
    private const float Largest = 1e6f;

    private static ReadOnlySpan<byte> Magic => "SIstudnt"u8;

    /// <summary>The file's bytes.</summary>
    public static byte[] Write(StudentModelData data)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(0);
        WriteBody(writer, data);
        writer.Flush();
        var length = (int)stream.Length;
        stream.SetLength(length + HashLength);
        var bytes = stream.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(10), length - HeaderLength);
        SHA256.HashData(bytes.AsSpan(0, length), bytes.AsSpan(length));
        return bytes;
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <exception cref="InvalidModelFileException">It is not a model that can be used.</exception>
    public static StudentModelData Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int got; (got = stream.Read(buffer)) > 0;)
        {
            if (bytes.Length == 0 && !Magic.StartsWith(buffer.AsSpan(0, Math.Min(got, Magic.Length))))
                throw Foreign();
            if (bytes.Length + got > MaxFileLength)
                throw new InvalidModelFileException($"The model file is longer than {MaxFileLength} bytes, no student model is.");
            bytes.Write(buffer, 0, got);
        }

        return Read(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="InvalidModelFileException">It is not a model that can be used.</exception>
    public static StudentModelData Read(ReadOnlySpan<byte> file)
    {
        if (file.Length == 0)
            throw new InvalidModelFileException("The model file is empty. Train the version again or roll back to an earlier one.");
        if (!Magic.StartsWith(file[..Math.Min(file.Length, Magic.Length)]))
            throw Foreign();
        if (file.Length < HeaderLength + HashLength)
            throw Short(file.Length, HeaderLength + HashLength);
        var version = BinaryPrimitives.ReadUInt16LittleEndian(file[8..]);
        if (version > Version)
        {
            throw new InvalidModelFileException(
                $"The model file has format version {version}, this build reads up to {Version}. Use a newer build, or train the version again with this one.");
        }
        long expected = HeaderLength + (long)BinaryPrimitives.ReadInt32LittleEndian(file[10..]) + HashLength;
        if (file.Length < expected)
            throw Short(file.Length, expected);
        if (file.Length > expected)
        {
            throw new InvalidModelFileException(
                $"The model file has {file.Length} bytes, {expected} were expected: something was added. Fetch it again, or train the version again.");
        }
        Span<byte> hash = stackalloc byte[HashLength];
        SHA256.HashData(file[..^HashLength], hash);
        if (!hash.SequenceEqual(file[^HashLength..]))
            throw new InvalidModelFileException("The model file's checksum does not match its content: it was altered or damaged. Fetch it again, or train the version again.");
        if (version == 0)
            throw new InvalidModelFileException("The model file has format version 0, which never existed.");
        try
        {
            return ReadBody(file[HeaderLength..^HashLength]);
        }
        catch (Exception problem) when (problem is EndOfStreamException or ArgumentException or OverflowException or DecoderFallbackException)
        {
            throw Inconsistent("it ends too early", problem);
        }
    }

    private static void WriteBody(BinaryWriter writer, StudentModelData data)
    {
        var shape = data.Shape;
        writer.Write((byte)shape.HashBits);
        writer.Write((byte)shape.WordNgrams);
        writer.Write((byte)shape.ShortestCharNgram);
        writer.Write((byte)shape.LongestCharNgram);
        writer.Write((byte)(shape.CharsCrossWords ? 1 : 0));
        writer.Write(shape.WordShare);
        writer.Write(data.Temperature);
        writer.Write(data.TrainedOn);
        writer.Write((ushort)data.Classes.Length);
        foreach (var name in data.Classes)
            writer.Write(name);
        WriteFloats(writer, data.Prior);
        WriteFloats(writer, data.Bias);
        WriteFloats(writer, data.Scales);
        var seen = new byte[shape.BucketCount / 8];
        for (var bucket = 0; bucket < shape.BucketCount; bucket++)
        {
            if (data.ColumnOf[bucket] >= 0)
                seen[bucket >> 3] |= (byte)(1 << (bucket & 7));
        }

        writer.Write(seen);
        WriteFloats(writer, data.FeatureWeights);
        for (var column = 0; column < data.FeatureWeights.Length; column++)
            writer.Write(MemoryMarshal.AsBytes(data.Weights.AsSpan(column * data.Width, data.Classes.Length)));
    }

    private static StudentModelData ReadBody(ReadOnlySpan<byte> body)
    {
        using var stream = new MemoryStream(body.ToArray());
        using var reader = new BinaryReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
        var shape = new FeatureShape(reader.ReadByte(), reader.ReadByte(), reader.ReadByte(), reader.ReadByte(), reader.ReadByte() == 1, reader.ReadDouble());
        Require(shape is { HashBits: >= 10 and <= 18, WordNgrams: >= 1 and <= 3, ShortestCharNgram: >= 1, LongestCharNgram: <= 8, WordShare: >= 0 and <= 1 }
            && shape.ShortestCharNgram <= shape.LongestCharNgram, "its hashing settings are out of range");
        var temperature = reader.ReadDouble();
        Require(temperature is >= 0.01 and <= 100, "its temperature is out of range");
        var trainedOn = reader.ReadInt32();
        var classes = new string[reader.ReadUInt16()];
        Require(classes.Length is >= 2 and <= StudentTrainer.MaxClasses, "its number of classes is out of range");
        for (var i = 0; i < classes.Length; i++)
        {
            classes[i] = reader.ReadString();
            Require(i == 0 || string.CompareOrdinal(classes[i - 1], classes[i]) < 0, "its class names are not distinct and in order");
        }

        var prior = ReadFloats(reader, classes.Length, float.Epsilon, 1);
        var bias = ReadFloats(reader, classes.Length, -Largest, Largest);
        var scales = ReadFloats(reader, classes.Length, 0, Largest);
        var seen = reader.ReadBytes(shape.BucketCount / 8);
        Require(seen.Length == shape.BucketCount / 8, "it ends too early");
        var columnOf = new int[shape.BucketCount];
        var columns = 0;
        for (var bucket = 0; bucket < columnOf.Length; bucket++)
            columnOf[bucket] = (seen[bucket >> 3] & (1 << (bucket & 7))) != 0 ? columns++ : -1;
        var features = ReadFloats(reader, columns, 1e-9f, Largest);
        var width = StudentModelData.WidthOf(classes.Length);
        Require(stream.Length - stream.Position == (long)columns * classes.Length, "its weights have the wrong length");
        var weights = new sbyte[columns * width];
        for (var column = 0; column < columns; column++)
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(weights.AsSpan(column * width, classes.Length)));
        return new StudentModelData
        {
            Classes = classes, Shape = shape, ColumnOf = columnOf, FeatureWeights = features, Weights = weights, Scales = scales, Bias = bias, Prior = prior,
            Temperature = temperature, TrainedOn = trainedOn,
        };
    }

    private static void WriteFloats(BinaryWriter writer, float[] values)
    {
        foreach (var value in values)
            writer.Write(value);
    }

    private static float[] ReadFloats(BinaryReader reader, int count, float low, float high)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = reader.ReadSingle();
            Require(values[i] >= low && values[i] <= high, "it holds a number that no training gives");
        }

        return values;
    }

    private static void Require(bool holds, string problem)
    {
        if (!holds)
            throw Inconsistent(problem, null);
    }

    private static InvalidModelFileException Foreign() =>
        new("The file is not a student model: it does not begin with 'SIstudnt'. Check the path; a model is written by the built-in trainer.");

    private static InvalidModelFileException Short(long length, long expected) =>
        new($"The model file is cut short: {length} bytes of {expected}. Fetch it again, or train the version again.");

    private static InvalidModelFileException Inconsistent(string problem, Exception? inner) =>
        new($"The model file's content is not consistent: {problem}. Train the version again.", inner);
}
