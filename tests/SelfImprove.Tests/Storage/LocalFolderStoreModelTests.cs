using FsCheck;
using FsCheck.Fluent;
using SelfImprove.Storage;
using SelfImprove.Testing.Storage;
using SelfImprove.Testing;

namespace SelfImprove.Tests.Storage;

/// <summary>Random operations, power cuts among them, against a dictionary that never fails.</summary>
public sealed class LocalFolderStoreModelTests
{
    private static readonly string[] Paths = ["a", "a.b", "b/a", "b/a-c", "b/c/d", "c-/x"];

    [Fact]
    public void RandomOperations_AgreeWithADictionary() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(PositiveInt Kind, PositiveInt Path, byte[] Bytes)[]>(), steps => RunAsync(steps).GetAwaiter().GetResult())
            .Check(Properties.Checked.WithMaxTest(200).WithEndSize(60));

    private static async Task RunAsync((PositiveInt Kind, PositiveInt Path, byte[] Bytes)[] steps)
    {
        var disk = new PowerCutFileLayer();
        var store = MemoryStores.Open(disk);
        var model = new Dictionary<string, byte[]>();
        var etags = new Dictionary<string, string>();
        foreach (var (kind, number, bytes) in steps)
        {
            var path = Paths[number.Get % Paths.Length];
            var known = model.GetValueOrDefault(path);
            var stale = etags.GetValueOrDefault(path, "none");
            switch (kind.Get % 9)
            {
                case 0:
                    etags[path] = (await store.WriteAsync(path, bytes)).ETag!;
                    model[path] = bytes;
                    break;
                case 1:
                    (await store.WriteAsync(path, bytes, WriteCondition.IfAbsent)).Written.ShouldBe(known is null);
                    model.TryAdd(path, bytes);
                    break;
                case 2:
                    var etag = (await store.ReadAsync(path))?.ETag;
                    (await store.WriteAsync(path, bytes, WriteCondition.IfMatch(etag ?? "none"))).Written.ShouldBe(known is not null);
                    if (known is not null) model[path] = bytes;
                    break;
                case 3:
                    var current = (await store.ReadAsync(path))?.ETag == stale;
                    (await store.WriteAsync(path, bytes, WriteCondition.IfMatch(stale))).Written.ShouldBe(current);
                    if (current) model[path] = bytes;
                    break;
                case 4 or 5:
                    (await store.AppendAsync(path, bytes, known?.Length ?? 0)).ShouldBe(new AppendResult(true, (known?.Length ?? 0) + bytes.Length));
                    model[path] = [.. known ?? [], .. bytes];
                    break;
                case 6:
                    (await store.AppendAsync(path, bytes, (known?.Length ?? 0) + 1)).ShouldBe(new AppendResult(false, known?.Length ?? 0));
                    break;
                case 7:
                    (await store.DeleteAsync(path)).ShouldBe(known is not null);
                    model.Remove(path);
                    break;
                default:
                    disk = disk.Restart();
                    store = MemoryStores.Open(disk);
                    break;
            }
        }
        (await store.ListAsync("").Select(e => (e.Path, e.Length)).ToListAsync())
            .ShouldBe(model.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => (m.Key, (long)m.Value.Length)));
        foreach (var (path, bytes) in model) (await store.ReadAsync(path))!.Bytes.ToArray().ShouldBe(bytes);
    }
}
