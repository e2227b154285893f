//! Rows as the outside writes them: JSON objects by field name.
