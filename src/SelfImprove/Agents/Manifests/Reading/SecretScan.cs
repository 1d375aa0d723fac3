namespace SelfImprove.Agents.Manifests.Reading;

/// <summary>Looks for credentials in every text of a manifest, known key or not.</summary>
internal sealed class SecretScan(MistakeList mistakes)
{
    public void Scan(SourceNode node, string path)
    {
        foreach (var entry in node.Entries)
        {
            var at = path.Length == 0 ? entry.Key : $"{path}.{entry.Key}";
            if (SecretShapes.Find(entry.Key) is { } inKey) mistakes.Add(path.Length == 0 ? "(key)" : $"{path}.(key)", inKey, SecretShapes.Expected, entry.Line);
            else if (entry.Value is { IsScalar: true, IsNothing: false } && SecretShapes.IsSecretName(entry.Key))
                mistakes.Add(at, "a secret", SecretShapes.Expected, entry.Line);
            else Scan(entry.Value, at);
        }
        for (var i = 0; i < node.Items.Count; i++) Scan(node.Items[i], $"{path}[{i}]");
        if (node.IsScalar && SecretShapes.Find(node.Text) is { } found) mistakes.Add(path, found, SecretShapes.Expected, node.Line);
    }
}
