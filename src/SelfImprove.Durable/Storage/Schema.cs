using Microsoft.Data.Sqlite;

namespace SelfImprove.Durable;

/// <summary>The four tables. Times are UTC ticks; bodies and histories are JSON.</summary>
internal static class Schema
{
    private const int Version = 1;

    private const string Tables = """
        CREATE TABLE instances(
          key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, orchestrator TEXT NOT NULL, status INTEGER NOT NULL, execution INTEGER NOT NULL,
          parent INTEGER, parent_execution INTEGER, parent_call INTEGER,
          created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, input TEXT, output TEXT, custom_status TEXT, failure TEXT);
        CREATE INDEX instances_live ON instances(key) WHERE status IN (0, 1, 5);
        CREATE INDEX instances_ended ON instances(updated_at) WHERE status IN (2, 3, 4);
        CREATE TABLE history(instance INTEGER NOT NULL, turn INTEGER NOT NULL, at INTEGER NOT NULL, events TEXT NOT NULL,
          PRIMARY KEY(instance, turn)) WITHOUT ROWID;
        CREATE TABLE messages(seq INTEGER PRIMARY KEY, instance INTEGER NOT NULL, execution INTEGER NOT NULL, due INTEGER, body TEXT NOT NULL);
        CREATE TABLE tasks(instance INTEGER NOT NULL, execution INTEGER NOT NULL, call INTEGER NOT NULL, activity TEXT NOT NULL, input TEXT NOT NULL,
          PRIMARY KEY(instance, call)) WITHOUT ROWID;
        """;

    public static void Apply(SqliteConnection connection, string filePath, bool unsynced)
    {
        // FULL: a commit is on stable storage when it returns. A larger checkpoint interval trades a longer log for fewer of its flushes.
        Execute(connection, $"PRAGMA journal_mode=WAL; PRAGMA synchronous={(unsynced ? "OFF" : "FULL")}; PRAGMA wal_autocheckpoint=4000;");
        Execute(connection, "PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;");
        using var read = connection.CreateCommand();
        read.CommandText = "PRAGMA user_version";
        var version = Convert.ToInt32(read.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
        if (version == Version)
            return;
        if (version != 0)
            throw new InvalidDataException($"The durable engine's file '{filePath}' has format {version}; this build knows format {Version}. "
                + "Use the build that wrote it, or another folder.");
        Execute(connection, $"BEGIN IMMEDIATE; {Tables} PRAGMA user_version={Version}; COMMIT;");
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
