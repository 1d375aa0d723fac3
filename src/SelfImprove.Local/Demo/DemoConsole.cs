using Spectre.Console;

namespace SelfImprove.Local.Demo;

/// <summary>The demo's console: colours and a live line on a terminal; plain, wide lines where the output goes to a file or a pipe.</summary>
public static class DemoConsole
{
    private const int PlainWidth = 160;

    /// <summary>Makes it.</summary>
    public static IAnsiConsole Create()
    {
        if (!Console.IsOutputRedirected) return AnsiConsole.Console;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(Console.Out) });
        console.Profile.Width = PlainWidth;
        return console;
    }
}
