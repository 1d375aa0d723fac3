using SelfImprove.Runs;

namespace SelfImprove.DataGeneration.TeacherEndpoints;

/// <summary>The input of <c>ReadyTeachers</c> and of <see cref="ReleaseTeachers"/>.</summary>
/// <param name="Run">The run.</param>
/// <param name="Holder">The orchestration that uses them; it releases them.</param>
/// <param name="Endpoints">The endpoints' names.</param>
public sealed record ReadyTeachersInput(RunRef Run, string Holder, IReadOnlyList<string> Endpoints);

/// <summary>The output of <c>ReadyTeachers</c>.</summary>
/// <param name="Missing">Why a teacher can't be had; null where all answer.</param>
public sealed record ReadyTeachersOutput(string? Missing);
