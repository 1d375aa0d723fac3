using SelfImprove.Training.Builtin;

namespace SelfImprove.Tests.Training.Builtin;

/// <summary>A small set that every test can afford.</summary>
internal static class Sample
{
    public static StudentSettings Settings { get; } = new() { HashBits = 12 };

    public static IReadOnlyList<TextExample> Rows { get; } =
    [
        new("book a room for tomorrow", "rooms"), new("I need a meeting room on friday", "rooms"),
        new("is the big room free?", "rooms"), new("reserve the board room please", "rooms"),
        new("my laptop is broken", "tickets"), new("the printer does not work", "tickets"),
        new("cannot log in to mail", "tickets"), new("screen stays black", "tickets"),
        new("I want two days off", "leave"), new("how much holiday is left", "leave"),
        new("request vacation in june", "leave"), new("day off next monday", "leave"),
    ];

    public static StudentModel Train(int seed = 1) => StudentTrainer.Train(Rows, Settings, seed);
}
