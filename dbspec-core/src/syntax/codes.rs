//! What can be wrong with a text.

use crate::diag::Code;

/// The codes that this room raises.
pub static CODES: &[&Code] = &[
    &SOURCE_TOO_LARGE,
    &NOT_TEXT,
    &NOT_UTF8,
    &TOO_MANY_ERRORS,
    &UNKNOWN_CHARACTER,
    &UNEXPECTED_TOKEN,
    &UNTERMINATED_STRING,
    &BAD_ESCAPE,
    &BAD_NUMBER,
    &UNKNOWN_WORD,
    &MISSING_CLOSE,
    &GIVEN_TWICE,
    &TOO_DEEP,
    &UNSUPPORTED,
    &UNTERMINATED_COMMENT,
    &UNKNOWN_MODIFIER,
    &UNKNOWN_UNIT,
    &WRONG_OPERATOR,
    &CHAINED_COMPARISON,
    &WHEN_MISPLACED,
    &MISSING_PARAMETER,
    &NEEDS_QUOTES,
    &LOST_DOCUMENTATION,
    &BAD_NAME,
    &INCOMPLETE,
    &CANNOT_LOAD,
];

/// The text is larger than a description can be.
pub static SOURCE_TOO_LARGE: Code = Code {
    id: "E0001",
    name: "source-too-large",
    docs: "A source file may have 32 MiB; ten thousand entities need less than ten. Split the model with `use`, \
           or look whether this is the right file.",
};

/// The bytes are not a text.
pub static NOT_TEXT: Code = Code {
    id: "E0002",
    name: "not-text",
    docs: "The file holds NUL or other control characters, so it is not a text file. Look whether this is the \
           right file.",
};

/// The bytes are not UTF-8.
pub static NOT_UTF8: Code = Code {
    id: "E0003",
    name: "not-utf8",
    docs: "Source files are UTF-8. Save the file in that encoding.",
};

/// Enough is enough.
pub static TOO_MANY_ERRORS: Code = Code {
    id: "E0004",
    name: "too-many-errors",
    docs: "After 500 errors the rest of the file is left unread, because they rarely are 500 mistakes.",
};

/// A character that no token has.
pub static UNKNOWN_CHARACTER: Code = Code {
    id: "E0101",
    name: "unknown-character",
    docs: "A character that means nothing here. Outside of strings and comments the language is ASCII.",
};

/// Something else must stand here.
pub static UNEXPECTED_TOKEN: Code = Code {
    id: "E0102",
    name: "unexpected-token",
    docs: "Something else must stand here; the message says what.",
};

/// A string without its end.
pub static UNTERMINATED_STRING: Code = Code {
    id: "E0103",
    name: "unterminated-string",
    docs: "A string begins with a quote and ends with the next one that has no backslash before it. `r\"…\"` takes \
           backslashes as they are.",
};

/// A backslash and nothing known after it.
pub static BAD_ESCAPE: Code = Code {
    id: "E0104",
    name: "bad-escape",
    docs: "Strings know `\\\"`, `\\\\`, `\\'`, `\\n`, `\\r`, `\\t`, `\\x41` and `\\u{1F600}`. NUL is never part of \
           a string. `r\"…\"` takes backslashes as they are.",
};

/// A number that can't be read or doesn't fit.
pub static BAD_NUMBER: Code = Code {
    id: "E0105",
    name: "bad-number",
    docs: "Numbers are decimal: digits, underscores between them, a fraction after a point. Sizes and counts are \
           whole.",
};

/// A word that isn't known in this place.
pub static UNKNOWN_WORD: Code = Code {
    id: "E0106",
    name: "unknown-word",
    docs: "The word means nothing in this place; the message lists those that do.",
};

/// A bracket that nothing closes.
pub static MISSING_CLOSE: Code = Code {
    id: "E0107",
    name: "missing-close",
    docs: "What is opened with `{`, `(`, `[` or `<` must be closed before the next declaration begins.",
};

/// Said twice where once is all that counts.
pub static GIVEN_TWICE: Code = Code {
    id: "E0108",
    name: "given-twice",
    docs: "This can be said once. Remove one of the two.",
};

/// Brackets in brackets in brackets.
pub static TOO_DEEP: Code = Code {
    id: "E0109",
    name: "too-deep",
    docs: "Expressions, types and blocks nest about 50 deep. Name a part of it, as a derived field, a type or a \
           write of its own.",
};

/// Planned, and not there yet.
pub static UNSUPPORTED: Code = Code {
    id: "E0110",
    name: "not-supported-yet",
    docs: "The language will have this, and this release hasn't.",
};

/// A comment without its end.
pub static UNTERMINATED_COMMENT: Code = Code {
    id: "E0111",
    name: "unterminated-comment",
    docs: "`/*` is closed by `*/`; they nest.",
};

/// An `@` and no modifier.
pub static UNKNOWN_MODIFIER: Code = Code {
    id: "E0112",
    name: "unknown-modifier",
    docs: "No modifier of that name can stand here; the message lists those that can.",
};

/// A unit that isn't known in this place.
pub static UNKNOWN_UNIT: Code = Code {
    id: "E0113",
    name: "unknown-unit",
    docs: "Durations are written `500us`, `10ms`, `5s`, `5m`, `1h`, `1d`, `1w`; rates `120/s`, `1/min`, `3/h`, \
           `8/day`, `1/week`, `1/month`, `1/year`; periods `30 days`, `2 weeks`, `6 months`, `7 years`.",
};

/// An operator of another language.
pub static WRONG_OPERATOR: Code = Code {
    id: "E0114",
    name: "wrong-operator",
    docs: "Conditions are joined by `and`, `or`, `not`; equality is `==`, inequality `!=`; `=` sets a value.",
};

/// `a < b < c`.
pub static CHAINED_COMPARISON: Code = Code {
    id: "E0115",
    name: "chained-comparison",
    docs: "A comparison is true or false, which can't be compared again. Write `a < b and b < c`, or \
           `b between a and c`.",
};

/// A `when` that doesn't mark a top-level condition.
pub static WHEN_MISPLACED: Code = Code {
    id: "E0116",
    name: "when-misplaced",
    docs: "`when $x` makes one top-level condition of a `where` count only if the parameter is given. Under `or`, \
           `not` or in parentheses it has no meaning.",
};

/// `string` without its size.
pub static MISSING_PARAMETER: Code = Code {
    id: "E0117",
    name: "missing-parameter",
    docs: "The type needs what stands in its parentheses: `string(100)`, `decimal(12, 2)`, `bytes(32)`, \
           `vector(384)`, `list<T>`, `map<string(20), T>`.",
};

/// A name that must be quoted.
pub static NEEDS_QUOTES: Code = Code {
    id: "E0118",
    name: "needs-quotes",
    docs: "A name without quotes has ASCII letters, digits and `_`, and begins with no digit. Any other name stands \
           in quotes: `\"größe\"`, and in expressions `self.\"größe\"`.",
};

/// Documentation that documents nothing.
pub static LOST_DOCUMENTATION: Code = Code {
    id: "W0119",
    name: "lost-documentation",
    docs: "`///` documents the declaration, field, rule or label that follows. Elsewhere write `//`.",
};

/// A name that nothing can have.
pub static BAD_NAME: Code = Code {
    id: "E0120",
    name: "bad-name",
    docs: "A name has at least one character and no NUL. Parameters, aliases and variables are words without \
           quotes.",
};

/// A declaration that lacks something.
pub static INCOMPLETE: Code = Code {
    id: "E0121",
    name: "incomplete",
    docs: "The declaration lacks a part without which it means nothing; the message says which.",
};

/// A used file that the source can't give.
pub static CANNOT_LOAD: Code = Code {
    id: "E0122",
    name: "cannot-load",
    docs: "A file that `use` names can't be read. The path is relative to the file that uses it.",
};
