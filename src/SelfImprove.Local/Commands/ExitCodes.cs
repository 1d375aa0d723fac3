namespace SelfImprove.Local.Commands;

/// <summary>What commands exit with.</summary>
public static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>It could not be done; standard error says why.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong; standard error says how.</summary>
    public const int WrongUsage = 2;
}
