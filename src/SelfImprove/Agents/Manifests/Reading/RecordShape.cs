using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SelfImprove.Orchestration;

namespace SelfImprove.Agents.Manifests.Reading;

/// <summary>A member of a record, as the serializer sees it.</summary>
internal sealed record RecordMember(string Name, Type Type, bool IsRequired, IReadOnlyList<ValidationAttribute> Attributes);

/// <summary>A record's members: names, types, what is required and what is annotated.</summary>
internal sealed class RecordShape
{
    private static readonly ConcurrentDictionary<Type, RecordShape> Known = new();

    private RecordShape(Type type) => Members =
    [
        .. SeamJson.Options.GetTypeInfo(type).Properties.Where(p => p.Set is not null || p.AssociatedParameter is not null)
            .Select(p => new RecordMember(p.Name, p.PropertyType, p.IsRequired || p.AssociatedParameter is { HasDefaultValue: false },
                [.. p.AttributeProvider?.GetCustomAttributes(typeof(ValidationAttribute), true).Cast<ValidationAttribute>() ?? []])),
    ];

    public IReadOnlyList<RecordMember> Members { get; }

    public static RecordShape Of(Type type) => Known.GetOrAdd(type, t => new RecordShape(t));

    public bool Has(string name) => Members.Any(m => m.Name == name);

    /// <summary>The items' type of a list; null for what is no list.</summary>
    public static Type? ItemOf(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    public static bool IsRecord(Type type) =>
        type != typeof(JsonElement) && ItemOf(type) is null && SeamJson.Options.GetTypeInfo(type).Kind == JsonTypeInfoKind.Object;
}
