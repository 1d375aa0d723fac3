using SelfImprove.Local.Commands;

return await CommandLine.RunAsync(args);
