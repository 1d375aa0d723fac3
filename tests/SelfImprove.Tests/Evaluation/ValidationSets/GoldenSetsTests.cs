using SelfImprove.Audit;
using SelfImprove.DataGeneration.Filters;
using SelfImprove.Evaluation.ValidationSets;
using SelfImprove.Models;
using SelfImprove.Storage;
using SelfImprove.Testing.Storage;
using SelfImprove.Tests.Agents;

namespace SelfImprove.Tests.Evaluation.ValidationSets;

public class GoldenSetsTests
{
    private readonly MemoryStore _store = new();
    private readonly SettableClock _clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Pin_Items_AreKeptAuditedAndProtectedFromTraining()
    {
        (await Sets.PinAsync(Some.Manifest(), "must-hold", [Item("a", "where is my bill"), Item("b", "let me into the office", "access")], "person:ada")).ShouldBeNull();

        (await new ValidationSetStore(_store).ReadAsync("helpdesk", "must-hold")).Select(i => (i.Id, i.Source)).ShouldBe([("a", "golden"), ("b", "golden")]);
        // It is no labelled set: validation goes on from v1.
        (await new ValidationSetStore(_store).CurrentAsync("helpdesk")).Set.ShouldBeNull();
        var entry = (await Audit.ReadAsync("helpdesk").ToListAsync()).Single();
        (entry.Kind, entry.Actor).ShouldBe(("goldenSetPinned", "person:ada"));
        var filter = await ContaminationFilter.LoadAsync(_store, "helpdesk", 0.8, null);
        filter.Refuses("Where is my bill?").ShouldBeTrue();
        filter.Refuses("where is my bills").ShouldBeTrue();
        filter.Refuses("book a flight to rome").ShouldBeFalse();
    }

    [Fact]
    public async Task Pin_Again_SameItemsChangeNothingAndOthersAreRefused()
    {
        await Sets.PinAsync(Some.Manifest(), "must-hold", [Item("a", "where is my bill")], "person:ada");

        (await Sets.PinAsync(Some.Manifest(), "must-hold", [Item("a", "where is my bill")], "person:ada")).ShouldBeNull();
        (await Sets.PinAsync(Some.Manifest(), "must-hold", [Item("a", "where is my invoice")], "person:eve")).ShouldHaveSingleItem().ShouldContain("another name");

        (await new ValidationSetStore(_store).ReadAsync("helpdesk", "must-hold")).Single().Input[0].Text.ShouldBe("where is my bill");
        (await Audit.ReadAsync("helpdesk").ToListAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Pin_Mistakes_AreAllToldAndNothingIsWritten()
    {
        var mistakes = await Sets.PinAsync(Some.Manifest(), "v7",
            [Item("a", "where is my bill"), Item("a", "Where is my bill?"), Item("c", "", "billing"), Item("d", "pay", "wire-money"), Item("e", "who") with { Output = null }], "person:ada");

        mistakes.ShouldNotBeNull().ShouldBe([
            "'v7' is a name that labelled sets get by themselves (v1, v2, ...): choose another one.",
            "items[1].id: expected an id, each once; found 'a'.",
            "items[1].input: is the same text as items[0]'s.",
            "items[2].input: expected messages with 1 to 20000 characters; found 0.",
            "items[3].output: 'wire-money' is none of the agent's 3 labels.",
            "items[4].output: nothing; a golden item needs the right output.",
        ]);
        (await Sets.PinAsync(Some.Manifest(), "none", [], "person:ada")).ShouldNotBeNull().ShouldHaveSingleItem().ShouldContain("1 to 10000 items");
        (await _store.ListAsync("validation/").AnyAsync()).ShouldBeFalse();
    }

    [Theory]
    [InlineData("v1", false)]
    [InlineData("v", true)]
    [InlineData("v1a", true)]
    [InlineData("golden", true)]
    public void IsName_NamesOfLabelledSets_AreTaken(string name, bool expected) => GoldenSets.IsName(name).ShouldBe(expected);

    private AuditLog Audit => new(_store, _clock);

    private GoldenSets Sets => new(_store, Audit);

    private static ValidationItem Item(string id, string text, string label = "billing") => new(id, [ChatMessage.User(text)], new AgentOutput(label));
}
