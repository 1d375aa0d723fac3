using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace SelfImprove.DataGeneration.Filters;

/// <summary>
/// Replaces e-mail addresses, IBANs (checked by modulo 97, ISO 13616), card numbers (13 to 19 digits that pass Luhn's check, ISO/IEC 7812), phone
/// numbers and other long account numbers (9 digits or more).
/// </summary>
public sealed partial class PersonalDataRedactor : ITextRedactor
{
    private const int FewestDigits = 7;

    /// <inheritdoc />
    public RedactedText Redact(string text)
    {
        var count = 0;
        // Most texts have neither; looking is much cheaper than matching.
        if (text.Contains('@', StringComparison.Ordinal)) text = Email().Replace(text, _ => Placeholder("[email]", ref count));
        if (DigitsIn(text) < FewestDigits) return new RedactedText(text, count);
        text = Iban().Replace(text, m => WithoutIban(m.Value, ref count));
        text = Card().Replace(text, m => IsCard(m.Value) ? Placeholder("[card]", ref count) : m.Value);
        text = Phone().Replace(text, m => IsPhone(m.Value) ? Placeholder("[phone]", ref count) : m.Value);
        text = Account().Replace(text, _ => Placeholder("[account]", ref count));
        return new RedactedText(text, count);
    }

    private static int DigitsIn(string text)
    {
        var digits = 0;
        foreach (var c in text)
            if (char.IsAsciiDigit(c)) digits++;
        return digits;
    }

    private static string Placeholder(string name, ref int count)
    {
        count++;
        return name;
    }

    // Written in groups of four, an IBAN may be followed by a word of four letters: the last groups are given up one by one.
    private static string WithoutIban(string value, ref int count)
    {
        for (var length = value.Length; length > 0; length = value.LastIndexOf(' ', length - 1))
            if (IsIban(value[..length])) return Placeholder("[iban]", ref count) + value[length..];
        return value;
    }

    private static bool IsIban(string value)
    {
        var compact = value.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        if (compact.Length is < 15 or > 34) return false;
        var digits = new StringBuilder();
        foreach (var c in compact[4..] + compact[..4]) digits.Append(char.IsAsciiDigit(c) ? c - '0' : c - 'A' + 10);
        return BigInteger.Parse(digits.ToString(), System.Globalization.CultureInfo.InvariantCulture) % 97 == 1;
    }

    private static bool IsCard(string value)
    {
        var digits = value.Where(char.IsAsciiDigit).Select(c => c - '0').ToArray();
        if (digits.Length is < 13 or > 19) return false;
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] * (i % 2 + 1);
            sum += digit > 9 ? digit - 9 : digit;
        }
        return sum % 10 == 0 && sum > 0;
    }

    private static bool IsPhone(string value) => value.Count(char.IsAsciiDigit) is >= 7 and <= 15;

    [GeneratedRegex(@"[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})*\.\p{L}{2,24}", RegexOptions.CultureInvariant)]
    private static partial Regex Email();

    [GeneratedRegex(@"\b[A-Za-z]{2}\d{2}(?:[A-Za-z0-9]{11,30}|(?: [A-Za-z0-9]{4}){2,7}(?: [A-Za-z0-9]{1,3})?)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Iban();

    [GeneratedRegex(@"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w])", RegexOptions.CultureInvariant)]
    private static partial Regex Card();

    // International form, or three groups with separators; dates (four digits, then two and two) don't match.
    [GeneratedRegex(
        @"(?<![\w])(?:(?:\+|00)[1-9]\d{0,2}(?:[ ().\/-]{0,2}\d){6,12}|\(?0\d{1,4}\)?[ .\/-]\d{2,4}(?:[ .\/-]?\d){3,8}|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4})(?![\w])",
        RegexOptions.CultureInvariant)]
    private static partial Regex Phone();

    [GeneratedRegex(@"(?<![\w.])\d{9,34}(?![\w])", RegexOptions.CultureInvariant)]
    private static partial Regex Account();
}
