using SelfImprove.Orchestration;

namespace SelfImprove.Durable;

/// <summary>A live instance in memory. Its code's state is there only while it is warm.</summary>
internal sealed class Instance(long key, string id, string orchestrator, ParentCall? parent, string? input)
{
    public long Key { get; } = key;
    public string Id { get; } = id;
    public string Orchestrator { get; } = orchestrator;
    public ParentCall? Parent { get; } = parent;

    /// <summary>Until the code has begun; then its history has it.</summary>
    public string? Input { get; set; } = input;

    public OrchestrationStatus Status { get; set; }
    public int Execution { get; set; }
    public string? CustomStatus { get; set; }

    /// <summary>How many turns its history has; known once it is warm.</summary>
    public int NextTurn { get; set; }

    public Execution? Warm { get; set; }
    public LinkedListNode<Instance>? WarmNode { get; set; }

    /// <summary>Facts it has not read, in order.</summary>
    public List<Unread> Inbox { get; } = [];

    /// <summary>Activity calls without a result.</summary>
    public HashSet<int> Tasks { get; } = [];

    /// <summary>Timers by call, with their row.</summary>
    public Dictionary<int, long> Timers { get; } = [];

    public HashSet<Instance> Children { get; } = [];

    /// <summary>Whether it stands in the queue for a turn.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Set aside until the engine starts again: facts are kept, its code does not run.</summary>
    public bool IsParked { get; set; }

    public bool HasEnded { get; set; }
}

/// <summary>A fact in an instance's inbox.</summary>
/// <param name="Seq">Its row; 0 while it has none.</param>
/// <param name="Fact">The fact.</param>
internal readonly record struct Unread(long Seq, HistoryEvent Fact);

/// <summary>Who waits for a child's end.</summary>
/// <param name="Key">The parent instance.</param>
/// <param name="Execution">The parent's execution that called.</param>
/// <param name="Call">The number of its call.</param>
internal sealed record ParentCall(long Key, int Execution, int Call);
