using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.DataGeneration.Filters;
using SelfImprove.DataGeneration.Inbox;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Selection;
using SelfImprove.DataGeneration.SelfPlay;
using SelfImprove.DataGeneration.Splitting;
using SelfImprove.DataGeneration.TeacherEndpoints;
using SelfImprove.Models;
using SelfImprove.Models.Endpoints;
using SelfImprove.Monitoring.Observation;
using SelfImprove.Orchestration;
using SelfImprove.Planning;

namespace SelfImprove.DataGeneration;

/// <summary>Adds the stage to a host.</summary>
public static class DataGenerationRegistration
{
    /// <summary>Lists the stage's orchestrators and activities.</summary>
    public static OrchestrationRegistry AddDataGeneration(this OrchestrationRegistry registry) => registry
        .Add<GenerateData, GenerateInput, GenerateOutput>(GenerateData.Ref)
        .Add<LabelItems, LabelInput, LabelOutput>(LabelItems.Ref)
        .Add<LabelShard, LabelShardInput, LabelShardOutput>(LabelShard.Ref)
        .Add<SelectItems, GenerateInput, SelectedItems>(SelectItems.Ref)
        .Add<CollectCorrections, GenerateInput, CollectedCorrections>(CollectCorrections.Ref)
        .Add<CollectPairs, GenerateInput, CollectedPairs>(CollectPairs.Ref)
        .Add<PlaySelf, PlaySelfInput, PlayedItems>(PlaySelf.Ref)
        .Add<BuildDataset, BuildDatasetInput, BuiltDataset>(BuildDataset.Ref)
        .Add<PrepareLabels, LabelInput, LabelPlan>(PrepareLabels.Ref)
        .Add<LabelBatch, LabelBatchInput, LabelBatchOutput>(LabelBatch.Ref)
        .Add<MergeLabels, MergeLabelsInput, LabelOutput>(MergeLabels.Ref)
        .Add<OpenTasks, OpenTasksInput, OpenedTasks>(OpenTasks.Ref)
        .Add<CountAnswers, CountAnswersInput, InboxProgress>(CountAnswers.Ref)
        .Add<RemindPeople, RemindInput, int>(RemindPeople.Ref)
        .Add<ReadyTeachers, ReadyTeachersInput, ReadyTeachersOutput>(ReadyTeachers.Ref)
        .Add<TeacherPatience, ReadyTeachersInput, TimeSpan>(TeacherPatience.Ref)
        .Add<AdvanceTeacher, AdvanceTeacherInput, EndpointStatus>(AdvanceTeacher.Ref)
        .Add<ReleaseTeachers, ReadyTeachersInput, IReadOnlyList<DueRemoval>>(ReleaseTeachers.Ref)
        .Add<RemoveTeacherEndpoint, DueRemoval, bool>(RemoveTeacherEndpoint.Ref)
        .Add<RemoveTeacher, RemoveTeacherInput, EndpointStatus>(RemoveTeacher.Ref);

    /// <summary>
    /// Adds the stage's services. The host brings the object store, the manifest and version stores and pinned manifests, the model catalogue, the spend book, the
    /// intent journal, the observed log, the clock and an orchestration client; an <see cref="ITextRedactor"/> that it added before is kept.
    /// </summary>
    public static IServiceCollection AddDataGeneration(this IServiceCollection services)
    {
        services.TryAddSingleton<ITextRedactor, PersonalDataRedactor>();
        services.TryAddSingleton<ReadObserved>(provider =>
        {
            var log = provider.GetRequiredService<ObservedLog>();
            return (agent, since, cancellationToken) => log.ReadAsync(agent, since, DateTimeOffset.MaxValue, cancellationToken: cancellationToken);
        });
        services.TryAddSingleton<InputSplit>();
        services.TryAddSingleton<InboxStore>();
        services.TryAddSingleton<InboxService>();
        services.TryAddSingleton<SelfPlayVerifiers>();
        services.TryAddSingleton<PlayLog>();
        services.TryAddSingleton<ISelfPlayAudit, SelfPlayAudit>();
        services.TryAddSingleton<TeacherHosts>();
        services.TryAddSingleton<EndpointLeases>();
        services.TryAddSingleton<TeacherEndpointJanitor>();
        services.AddSingleton<IModelSource, TeacherEndpointSource>();
        return services;
    }
}
