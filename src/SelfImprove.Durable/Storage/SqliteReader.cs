using Microsoft.Data.Sqlite;
using SelfImprove.Orchestration;

namespace SelfImprove.Durable;

/// <summary>Reads committed state beside the writer: WAL lets both work at once.</summary>
internal sealed class SqliteReader(string filePath)
{
    private const int PageSize = 200;

    private readonly string _connectionString =
        new SqliteConnectionStringBuilder { DataSource = filePath, Mode = SqliteOpenMode.ReadWrite, Pooling = true }.ToString();

    public OrchestrationState? Get(string instanceId)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {SqliteRows.StateColumns} FROM instances WHERE id=$id";
        command.Parameters.AddWithValue("$id", instanceId);
        using var row = command.ExecuteReader();
        return row.Read() ? SqliteRows.ReadState(row) : null;
    }

    /// <summary>A page of the instances whose id starts with the prefix, after <paramref name="after"/>; empty at the end.</summary>
    public List<OrchestrationState> List(string idPrefix, string? after)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT {SqliteRows.StateColumns} FROM instances WHERE id >= $prefix AND ($after IS NULL OR id > $after) ORDER BY id LIMIT {PageSize}
            """;
        command.Parameters.AddWithValue("$prefix", idPrefix);
        command.Parameters.AddWithValue("$after", (object?)after ?? DBNull.Value);
        using var rows = command.ExecuteReader();
        var page = new List<OrchestrationState>();
        // Ids sort by their bytes, so those with the prefix lie together.
        while (rows.Read() && rows.GetString(0).StartsWith(idPrefix, StringComparison.Ordinal))
            page.Add(SqliteRows.ReadState(rows));
        return page;
    }

    public DurableHistory? GetHistory(string instanceId)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction(deferred: true); // both reads see one state
        using var find = connection.CreateCommand();
        find.CommandText = "SELECT key, orchestrator, execution FROM instances WHERE id=$id";
        find.Parameters.AddWithValue("$id", instanceId);
        long key;
        string orchestrator;
        int execution;
        using (var row = find.ExecuteReader())
        {
            if (!row.Read())
                return null;
            (key, orchestrator, execution) = (row.GetInt64(0), row.GetString(1), row.GetInt32(2));
        }
        using var read = connection.CreateCommand();
        read.CommandText = "SELECT at, events FROM history WHERE instance=$key ORDER BY turn";
        read.Parameters.AddWithValue("$key", key);
        using var rows = read.ExecuteReader();
        return new DurableHistory(instanceId, orchestrator, execution, SqliteRows.ReadTurns(rows));
    }

    /// <summary>Closes the pooled connections, so that the file can go.</summary>
    public void Close()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        return connection;
    }
}
