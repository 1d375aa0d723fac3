using System.Text.Json;
using Microsoft.Data.Sqlite;
using SelfImprove.Orchestration;

namespace SelfImprove.Durable;

/// <summary>Everything that is not finished, as the file has it: what the engine starts from.</summary>
internal sealed record SqliteSnapshot(
    IReadOnlyList<Instance> Instances, IReadOnlyList<StoredMessage> Messages, IReadOnlyList<StoredTask> Tasks, long LastKey, long LastSeq)
{
    public static SqliteSnapshot Read(SqliteConnection connection)
    {
        // Each live instance's input is read only while its code has not begun: afterwards its history has it.
        var instances = Rows(connection, """
            SELECT key, id, orchestrator, status, execution, parent, parent_execution, parent_call,
              CASE WHEN NOT EXISTS(SELECT 1 FROM history h WHERE h.instance=i.key) THEN input END, custom_status
            FROM instances i WHERE status IN (0, 1, 5) ORDER BY key
            """,
            row => new Instance(row.GetInt64(0), row.GetString(1), row.GetString(2),
                row.IsDBNull(5) ? null : new ParentCall(row.GetInt64(5), row.GetInt32(6), row.GetInt32(7)), SqliteRows.Text(row, 8))
            {
                Status = (OrchestrationStatus)row.GetInt32(3),
                Execution = row.GetInt32(4),
                CustomStatus = SqliteRows.Text(row, 9),
            });
        var messages = Rows(connection, "SELECT seq, instance, execution, due, body FROM messages ORDER BY seq", row => new StoredMessage(
            row.GetInt64(0), row.GetInt64(1), row.GetInt32(2), row.IsDBNull(3) ? null : SqliteRows.Time(row, 3),
            JsonSerializer.Deserialize<HistoryEvent>(row.GetString(4), SeamJson.Options)!));
        var tasks = Rows(connection, "SELECT instance, execution, call, activity, input FROM tasks ORDER BY instance, call", row => new StoredTask(
            row.GetInt64(0), row.GetInt32(1), row.GetInt32(2), row.GetString(3), row.GetString(4)));
        var lastKey = Rows(connection, "SELECT coalesce(max(key), 0) FROM instances", row => row.GetInt64(0))[0];
        return new SqliteSnapshot(instances, messages, tasks, lastKey, messages.Count == 0 ? 0 : messages[^1].Seq);
    }

    private static List<T> Rows<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> map)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var list = new List<T>();
        while (rows.Read())
            list.Add(map(rows));
        return list;
    }
}

/// <summary>A row of messages: a fact that its instance has not read, or a timer that is due later.</summary>
internal sealed record StoredMessage(long Seq, long Instance, int Execution, DateTimeOffset? Due, HistoryEvent Body);

/// <summary>A row of tasks: an activity call without a result.</summary>
internal sealed record StoredTask(long Instance, int Execution, int Call, string Activity, string Input);
