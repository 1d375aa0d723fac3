using System.Text.Json;

namespace SelfImprove.Models;

/// <summary>The form that an answer's text must have: JSON by a schema.</summary>
/// <param name="Name">The schema's name, for the model: <c>[A-Za-z0-9_-]{1,64}</c>.</param>
/// <param name="Schema">A JSON schema.</param>
/// <param name="Strict">Whether the model is held to it while it writes, where its server can; such servers
/// ask for <c>additionalProperties: false</c> and all properties required.</param>
public sealed record AnswerFormat(string Name, JsonElement Schema, bool Strict = true);
