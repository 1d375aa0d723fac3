using System.CommandLine;
using SelfImprove.Local.Demo;

var root = new RootCommand("Keeps deployed agents good at their job.") { DemoCommand.Create() };
return await root.Parse(args).InvokeAsync();
