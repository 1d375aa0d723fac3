namespace SelfImprove.Telemetry;

/// <summary>
/// The names of attributes, operations and events. <c>gen_ai.*</c>, <c>server.*</c> and <c>error.type</c> are those of the OpenTelemetry semantic conventions
/// (open-telemetry/semantic-conventions-genai, 2026); what they do not name is <c>selfimprove.*</c>.
/// </summary>
public static class TelemetryNames
{
    /// <summary>What is done: <see cref="InvokeAgent"/>, <see cref="Chat"/>, <see cref="InvokeWorkflow"/> or <see cref="Plan"/>.</summary>
    public const string Operation = "gen_ai.operation.name";

    /// <summary>Who provides the model: <c>openai</c>, <c>azure.ai.openai</c>, or <see cref="OwnProvider"/>.</summary>
    public const string Provider = "gen_ai.provider.name";

    /// <summary>The agent.</summary>
    public const string AgentName = "gen_ai.agent.name";

    /// <summary>The agent's version: the one that answered, or that a run made.</summary>
    public const string AgentVersion = "gen_ai.agent.version";

    /// <summary>The model asked; of a request to the gateway, the agent.</summary>
    public const string RequestModel = "gen_ai.request.model";

    /// <summary>Whether the answer comes piece by piece.</summary>
    public const string RequestStream = "gen_ai.request.stream";

    /// <summary>The temperature asked for.</summary>
    public const string RequestTemperature = "gen_ai.request.temperature";

    /// <summary>The seed asked for.</summary>
    public const string RequestSeed = "gen_ai.request.seed";

    /// <summary>The longest answer asked for, in tokens.</summary>
    public const string RequestMaxTokens = "gen_ai.request.max_tokens";

    /// <summary>The interaction's id.</summary>
    public const string ResponseId = "gen_ai.response.id";

    /// <summary>Why the model stopped, as an array of one.</summary>
    public const string FinishReasons = "gen_ai.response.finish_reasons";

    /// <summary>Of a stream: seconds to its first piece.</summary>
    public const string TimeToFirstChunk = "gen_ai.response.time_to_first_chunk";

    /// <summary>Tokens read.</summary>
    public const string InputTokens = "gen_ai.usage.input_tokens";

    /// <summary>Tokens written.</summary>
    public const string OutputTokens = "gen_ai.usage.output_tokens";

    /// <summary>Of the token metric: <c>input</c> or <c>output</c>.</summary>
    public const string TokenType = "gen_ai.token.type";

    /// <summary>The episode.</summary>
    public const string Conversation = "gen_ai.conversation.id";

    /// <summary>The orchestrator.</summary>
    public const string Workflow = "gen_ai.workflow.name";

    /// <summary>The event of a judgement.</summary>
    public const string EvaluationResult = "gen_ai.evaluation.result";

    /// <summary>The metric judged by.</summary>
    public const string EvaluationName = "gen_ai.evaluation.name";

    /// <summary>The value given.</summary>
    public const string EvaluationScore = "gen_ai.evaluation.score.value";

    /// <summary><c>pass</c> or <c>fail</c>, of what is one or the other.</summary>
    public const string EvaluationLabel = "gen_ai.evaluation.score.label";

    /// <summary>The remark, where <see cref="ProductTelemetry.CapturesRemarks"/> is on.</summary>
    public const string EvaluationExplanation = "gen_ai.evaluation.explanation";

    /// <summary>The endpoint's host.</summary>
    public const string ServerAddress = "server.address";

    /// <summary>The endpoint's port.</summary>
    public const string ServerPort = "server.port";

    /// <summary>The class of an error; none where there was none.</summary>
    public const string ErrorType = "error.type";

    /// <summary>The run.</summary>
    public const string Run = "selfimprove.run.id";

    /// <summary>Of an activity: its stage: <c>planning</c>, <c>data</c>, <c>training</c>, <c>evaluation</c>, <c>rollout</c>, <c>promotion</c>, <c>run</c>.</summary>
    public const string Stage = "selfimprove.stage";

    /// <summary>An activity's name.</summary>
    public const string ActivityName = "selfimprove.activity";

    /// <summary>How a run ended.</summary>
    public const string Ending = "selfimprove.run.ending";

    /// <summary>Rounds begun.</summary>
    public const string Rounds = "selfimprove.run.rounds";

    /// <summary>USD that something cost.</summary>
    public const string Cost = "selfimprove.cost";

    /// <summary>How a request to the gateway, or a look at the triggers, came out.</summary>
    public const string Outcome = "selfimprove.outcome";

    /// <summary>The policy that fired.</summary>
    public const string Trigger = "selfimprove.trigger";

    /// <summary>The experiment that a request took part in.</summary>
    public const string Experiment = "selfimprove.experiment.id";

    /// <summary>Which side of it: <c>champion</c> or <c>challenger</c>.</summary>
    public const string Arm = "selfimprove.experiment.arm";

    /// <summary>How many tools the model could call.</summary>
    public const string Tools = "selfimprove.request.tools";

    /// <summary>How many events a batch had.</summary>
    public const string Events = "selfimprove.events";

    /// <summary>Who judged: <c>human</c>, <c>agent</c>, <c>critic</c>, <c>code</c>.</summary>
    public const string FeedbackSource = "selfimprove.feedback.source";

    /// <summary>The signals' generation.</summary>
    public const string Generation = "selfimprove.signals.generation";

    /// <summary>A request to an agent.</summary>
    public const string InvokeAgent = "invoke_agent";

    /// <summary>A question to a model.</summary>
    public const string Chat = "chat";

    /// <summary>A run.</summary>
    public const string InvokeWorkflow = "invoke_workflow";

    /// <summary>The planning stage.</summary>
    public const string Plan = "plan";

    /// <summary>The provider of what runs here.</summary>
    public const string OwnProvider = "selfimprove";
}
