using System.Security.Cryptography;
using System.Text;
using SelfImprove.Training;

namespace SelfImprove.Azure.Training;

/// <summary>Names that derive from an idempotency key: the same at every attempt.</summary>
internal static class JobKey
{
    /// <summary>16 hexadecimal digits.</summary>
    public static string HashOf(string idempotencyKey) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(idempotencyKey)))[..16];

    /// <summary>A job's name, as Azure Machine Learning takes it: letters, digits and '-', far below its 255 characters.</summary>
    public static string NameOf(TrainingJob job, string idempotencyKey) => $"si-{job.Run.Agent}-r{job.Run.Round}-{HashOf(idempotencyKey)}";
}
