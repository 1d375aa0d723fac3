namespace SelfImprove.Planning;

/// <summary>Where a learning curve starts: what is known of the champion on today's traffic.</summary>
/// <param name="KnownError">Its error on inputs of classes that it was taught, [0,1].</param>
/// <param name="KnownClasses">How many those are; 1 where the output has no classes.</param>
/// <param name="UnseenShare">The share of traffic that wants a class it was never taught, [0,1].</param>
/// <param name="UnseenClasses">How many those are.</param>
/// <param name="ErrorSd">The standard deviation of its error overall.</param>
/// <param name="TeacherAccuracy">The share of labels right by which points were measured, (0,1].</param>
public sealed record CurveGround(double KnownError, int KnownClasses, double UnseenShare, int UnseenClasses, double ErrorSd, double TeacherAccuracy);
