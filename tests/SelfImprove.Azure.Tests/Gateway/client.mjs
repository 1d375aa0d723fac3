// Calls the gateway with OpenAI's own client and prints what it saw, one JSON object. node client.mjs <path of the openai package> <base URL> <key>
import { createRequire } from "node:module";
const [, , packageFile, baseURL, apiKey] = process.argv;
const { OpenAI, APIError } = createRequire(packageFile)("openai");
const client = new OpenAI({ apiKey, baseURL, maxRetries: 0 });
const seen = {};
const user = (content) => [{ role: "user", content }];

const fails = async (call) => {
  try {
    await call();
    return { threw: false };
  } catch (e) {
    if (!(e instanceof APIError)) throw e;
    return {
      threw: true, kind: e.constructor.name, status: e.status, code: e.code, param: e.param, type: e.type,
      requestId: e.requestID ?? null, retryAfter: e.headers?.get?.("retry-after") ?? null,
    };
  }
};

// Chat.
const chat = await client.chat.completions.create({ model: "echo", messages: user("hello there"), user: "ann" });
seen.chat = { text: chat.choices[0].message.content, finish: chat.choices[0].finish_reason, usage: chat.usage, id: chat.id, requestId: chat._request_id };

// Tools: a call comes back, its result goes in, an answer comes out.
const tools = [{ type: "function", function: { name: "weather", description: "Tells the weather.", parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] } } }];
const asked = user("what is the weather in Oslo?");
const first = await client.chat.completions.create({ model: "tools", messages: asked, tools, tool_choice: "auto" });
const call = first.choices[0].message.tool_calls[0];
const second = await client.chat.completions.create({
  model: "tools", tools, messages: [...asked, first.choices[0].message, { role: "tool", tool_call_id: call.id, content: "-3 degrees" }],
});
seen.tools = { finish: first.choices[0].finish_reason, name: call.function.name, arguments: JSON.parse(call.function.arguments), answer: second.choices[0].message.content };

// Streaming: raw chunks, and the client's own accumulation of text and of tool calls.
const chunks = [];
for await (const chunk of await client.chat.completions.create({ model: "echo", messages: user("one two three"), stream: true, stream_options: { include_usage: true } })) chunks.push(chunk);
seen.stream = {
  role: chunks[0].choices[0].delta.role, text: chunks.map((c) => c.choices[0]?.delta?.content ?? "").join(""), pieces: chunks.length,
  finish: chunks.map((c) => c.choices[0]?.finish_reason).filter(Boolean), usage: chunks.at(-1).usage, ids: new Set(chunks.map((c) => c.id)).size,
};
const runner = client.chat.completions.stream({ model: "tools", messages: asked, tools });
const gathered = await runner.finalChatCompletion();
seen.streamedTools = { finish: gathered.choices[0].finish_reason, name: gathered.choices[0].message.tool_calls[0].function.name, arguments: JSON.parse(gathered.choices[0].message.tool_calls[0].function.arguments) };
let partial = "";
seen.torn = await fails(async () => {
  for await (const chunk of await client.chat.completions.create({ model: "torn", messages: user("x"), stream: true })) partial += chunk.choices[0]?.delta?.content ?? "";
});
seen.torn.partial = partial;

// Leaving in the middle.
const leaving = await client.chat.completions.create({ model: "endless", messages: user("x"), stream: true });
for await (const chunk of leaving) if (chunk.choices[0]?.delta?.content) break;
seen.left = true;

// Images and structured output.
const pixel = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const formed = await client.chat.completions.create({
  model: "formed", messages: user([{ type: "text", text: "what is it?" }, { type: "image_url", image_url: { url: pixel, detail: "low" } }]),
  response_format: { type: "json_schema", json_schema: { name: "reply", strict: true, schema: { type: "object", properties: { what: { type: "string" } }, required: ["what"], additionalProperties: false } } },
});
seen.formed = JSON.parse(formed.choices[0].message.content);

// Models.
const listed = [];
for await (const model of client.models.list()) listed.push(model.id);
seen.models = { listed, one: (await client.models.retrieve("echo")).id, unknown: await fails(() => client.models.retrieve("gpt-4o")) };

// Errors.
seen.unknown = await fails(() => client.chat.completions.create({ model: "nobody", messages: user("x") }));
seen.badKey = await fails(() => new OpenAI({ apiKey: "si_wrong", baseURL, maxRetries: 0 }).chat.completions.create({ model: "echo", messages: user("x") }));
seen.malformed = await fails(() => client.chat.completions.create({ model: "echo", messages: [{ role: "king", content: "x" }] }));
seen.paused = await fails(() => client.chat.completions.create({ model: "paused", messages: user("x") }));
seen.pausedStream = await fails(() => client.chat.completions.create({ model: "paused", messages: user("x"), stream: true }));
// The client tries again by itself, when Retry-After says: the model answers the second time.
const again = await client.chat.completions.create({ model: "flaky", messages: user("x") }, { maxRetries: 2 });
seen.retried = again.choices[0].message.content;

console.log("SEEN " + JSON.stringify(seen));
