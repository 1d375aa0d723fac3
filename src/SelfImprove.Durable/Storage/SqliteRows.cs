using System.Text.Json;
using Microsoft.Data.Sqlite;
using SelfImprove.Orchestration;

namespace SelfImprove.Durable;

/// <summary>Reads rows into records.</summary>
internal static class SqliteRows
{
    public const string StateColumns = "id, orchestrator, status, created_at, updated_at, input, output, custom_status, failure";

    public static OrchestrationState ReadState(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), (OrchestrationStatus)row.GetInt32(2), Time(row, 3), Time(row, 4), Text(row, 5), Text(row, 6), Text(row, 7),
        Text(row, 8) is { } failure ? JsonSerializer.Deserialize<Failure>(failure, SeamJson.Options) : null);

    public static List<HistoryTurn> ReadTurns(SqliteDataReader rows)
    {
        var turns = new List<HistoryTurn>();
        while (rows.Read())
            turns.Add(new HistoryTurn(Time(rows, 0), JsonSerializer.Deserialize<List<HistoryEvent>>(rows.GetString(1), SeamJson.Options)!));
        return turns;
    }

    public static List<long> ReadEnded(SqliteConnection connection, DateTimeOffset endedBefore, int limit)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT key FROM instances WHERE status IN (2, 3, 4) AND updated_at < $before LIMIT $limit";
        command.Parameters.AddWithValue("$before", endedBefore.UtcTicks);
        command.Parameters.AddWithValue("$limit", limit);
        using var rows = command.ExecuteReader();
        var keys = new List<long>();
        while (rows.Read())
            keys.Add(rows.GetInt64(0));
        return keys;
    }

    public static DateTimeOffset Time(SqliteDataReader row, int column) => new(row.GetInt64(column), TimeSpan.Zero);

    public static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
