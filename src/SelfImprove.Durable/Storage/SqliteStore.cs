using System.Text.Json;
using Microsoft.Data.Sqlite;
using SelfImprove.Orchestration;

namespace SelfImprove.Durable;

/// <summary>
/// The one writer. What is written between two commits is one transaction: it is opened by the first write, so an idle step costs nothing.
/// Not for use by two threads at once.
/// </summary>
internal sealed class SqliteStore : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Action<long, CommitPhase>? _probe;
    private readonly Statement _begin, _commit, _rollback, _insertInstance, _updateInstance, _restartInstance, _endInstance;
    private readonly Statement _insertTurn, _deleteHistory, _readHistory, _insertMessage, _deleteMessage, _insertTask, _deleteTask, _deleteTasks;
    private bool _isOpen;
    private long _commits;

    public SqliteStore(string filePath, Action<long, CommitPhase>? probe, bool unsynced = false)
    {
        _probe = probe;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = filePath, Pooling = false }.ToString());
        try
        {
            _connection.Open();
            Schema.Apply(_connection, filePath, unsynced);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 11 or 26) // SQLITE_CORRUPT, SQLITE_NOTADB
        {
            _connection.Dispose();
            throw new InvalidDataException(
                $"'{filePath}' is not a file of the durable engine, or is damaged: {e.Message} Restore it from a copy, or move it away to start afresh.", e);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
        _begin = new(_connection, "BEGIN IMMEDIATE");
        _commit = new(_connection, "COMMIT");
        _rollback = new(_connection, "ROLLBACK");
        _insertInstance = new(_connection, """
            INSERT INTO instances(key, id, orchestrator, status, execution, parent, parent_execution, parent_call, created_at, updated_at, input)
            VALUES($1, $2, $3, 0, 0, $4, $5, $6, $7, $7, $8) ON CONFLICT(id) DO NOTHING
            """, 8);
        _updateInstance = new(_connection, "UPDATE instances SET status=$2, updated_at=$3, custom_status=$4, failure=$5 WHERE key=$1", 5);
        _restartInstance = new(_connection, "UPDATE instances SET execution=$2, input=$3 WHERE key=$1", 3);
        _endInstance = new(_connection, "UPDATE instances SET status=$2, updated_at=$3, custom_status=$4, failure=$5, output=$6 WHERE key=$1", 6);
        _insertTurn = new(_connection, "INSERT INTO history(instance, turn, at, events) VALUES($1, $2, $3, $4)", 4);
        _deleteHistory = new(_connection, "DELETE FROM history WHERE instance=$1", 1);
        _readHistory = new(_connection, "SELECT at, events FROM history WHERE instance=$1 ORDER BY turn", 1);
        _insertMessage = new(_connection, "INSERT INTO messages(seq, instance, execution, due, body) VALUES($1, $2, $3, $4, $5)", 5);
        _deleteMessage = new(_connection, "DELETE FROM messages WHERE seq=$1", 1);
        _insertTask = new(_connection, "INSERT INTO tasks(instance, execution, call, activity, input) VALUES($1, $2, $3, $4, $5)", 5);
        _deleteTask = new(_connection, "DELETE FROM tasks WHERE instance=$1 AND call=$2", 2);
        _deleteTasks = new(_connection, "DELETE FROM tasks WHERE instance=$1", 1);
    }

    /// <summary>Adds an instance. False: the id is taken.</summary>
    public bool InsertInstance(Instance instance, DateTimeOffset now)
    {
        Write();
        return _insertInstance.Execute(instance.Key, instance.Id, instance.Orchestrator, instance.Parent?.Key, instance.Parent?.Execution, instance.Parent?.Call,
            now.UtcTicks, instance.Input) > 0;
    }

    public void UpdateInstance(Instance instance, DateTimeOffset now, Failure? failure)
    {
        Write();
        _updateInstance.Execute(instance.Key, (int)instance.Status, now.UtcTicks, instance.CustomStatus, ToJson(failure));
    }

    public void RestartInstance(Instance instance, string input)
    {
        Write();
        _restartInstance.Execute(instance.Key, instance.Execution, input);
        _deleteHistory.Execute(instance.Key);
    }

    public void EndInstance(Instance instance, DateTimeOffset now, CallOutcome outcome)
    {
        Write();
        _endInstance.Execute(instance.Key, (int)instance.Status, now.UtcTicks, instance.CustomStatus, ToJson(outcome.Failure), outcome.Value);
        if (instance.Tasks.Count > 0)
            _deleteTasks.Execute(instance.Key);
    }

    public void InsertTurn(Instance instance, DateTimeOffset at, List<HistoryEvent> events)
    {
        Write();
        _insertTurn.Execute(instance.Key, instance.NextTurn, at.UtcTicks, JsonSerializer.Serialize(events, SeamJson.Options));
    }

    /// <summary>Reads what is committed and what this transaction has written.</summary>
    public List<HistoryTurn> ReadHistory(long key)
    {
        using var reader = _readHistory.Query(key);
        return SqliteRows.ReadTurns(reader);
    }

    public void InsertMessage(long seq, Instance instance, DateTimeOffset? due, HistoryEvent body)
    {
        Write();
        _insertMessage.Execute(seq, instance.Key, instance.Execution, due?.UtcTicks, JsonSerializer.Serialize(body, SeamJson.Options));
    }

    public void DeleteMessage(long seq)
    {
        Write();
        _deleteMessage.Execute(seq);
    }

    public void InsertTask(Instance instance, int call, string activity, string input)
    {
        Write();
        _insertTask.Execute(instance.Key, instance.Execution, call, activity, input);
    }

    public void DeleteTask(Instance instance, int call)
    {
        Write();
        _deleteTask.Execute(instance.Key, call);
    }

    /// <summary>Forgets up to <paramref name="limit"/> ended instances; gives how many.</summary>
    public int Purge(DateTimeOffset endedBefore, int limit)
    {
        var keys = SqliteRows.ReadEnded(_connection, endedBefore, limit);
        if (keys.Count == 0)
            return 0;
        Write();
        using var delete = new Statement(_connection, "DELETE FROM instances WHERE key=$1", 1);
        foreach (var key in keys)
        {
            _deleteHistory.Execute(key);
            delete.Execute(key);
        }
        return keys.Count;
    }

    public SqliteSnapshot ReadAll() => SqliteSnapshot.Read(_connection);

    /// <summary>Puts everything written since the last commit on stable storage.</summary>
    public void Commit()
    {
        if (!_isOpen)
            return;
        _commits++;
        _probe?.Invoke(_commits, CommitPhase.Before);
        _commit.Execute();
        _isOpen = false;
        _probe?.Invoke(_commits, CommitPhase.After);
    }

    /// <summary>Forgets everything written since the last commit.</summary>
    public void Rollback()
    {
        if (!_isOpen)
            return;
        _isOpen = false;
        try
        {
            _rollback.Execute();
        }
        catch (SqliteException)
        {
            // SQLite has already rolled back by itself: after a full disk or an I/O error it does.
        }
    }

    public void Dispose()
    {
        Rollback();
        foreach (var statement in (Statement[])[_begin, _commit, _rollback, _insertInstance, _updateInstance, _restartInstance, _endInstance, _insertTurn,
            _deleteHistory, _readHistory, _insertMessage, _deleteMessage, _insertTask, _deleteTask, _deleteTasks])
            statement.Dispose();
        _connection.Dispose();
    }

    private void Write()
    {
        if (_isOpen)
            return;
        _begin.Execute();
        _isOpen = true;
    }

    private static string? ToJson(Failure? failure) => failure is null ? null : JsonSerializer.Serialize(failure, SeamJson.Options);
}
