//! The text of a small model.

use std::sync::Arc;

use dbspec_core::backend::view::TargetName;
use dbspec_core::{check::check, syntax::parse};
use expect_test::expect;

use super::*;

fn written(model: &str) -> String {
    let kernel: Arc<Kernel> = check(parse(model)).expect("a model");
    let target = TargetFiles {
        target: TargetName {
            name: "main".to_owned(),
            engine: "postgres".to_owned(),
            version: Some("17".to_owned()),
        },
        files: vec![("schema.sql".to_owned(), "m/main/schema.sql".to_owned())],
    };
    text(&kernel, "m/model.dbspec", &[target])
}

#[test]
fn a_model_reads_well() {
    let text = written(
        "model m
         enum Size ordered { small \"very large\" }
         /// What \"is\" sold.
         entity Thing { id: int32 @key  type: string(9)?  size: Size = small }
         access things (size: Size) { from Thing where size == $size  full read }
         write add (id: int32) { insert Thing as it { id = $id } return it.id }",
    );
    expect![[r#"
        // Written by dbspec: what is changed here is lost.

        #[doc = "The model `m` as text."]
        #[allow(dead_code, non_snake_case, non_camel_case_types, non_upper_case_globals, unreachable_pub, unused, clippy::all, clippy::pedantic, rustdoc::all)]
        pub const MODEL: &str = ::std::include_str!("m/model.dbspec");

        #[doc = "The model, checked."]
        #[doc = "\n# Errors\nNone: it was checked when this was written."]
        #[allow(dead_code, non_snake_case, non_camel_case_types, non_upper_case_globals, unreachable_pub, unused, clippy::all, clippy::pedantic, rustdoc::all)]
        pub fn kernel() -> ::std::result::Result<::std::sync::Arc<::dbspec::kernel::Kernel>, ::dbspec::check::Rejected> {
            ::dbspec::check::check(::dbspec::syntax::parse(MODEL))
        }

        #[doc = "The model's enums."]
        #[allow(dead_code, non_snake_case, non_camel_case_types, non_upper_case_globals, unreachable_pub, unused, clippy::all, clippy::pedantic, rustdoc::all)]
        pub mod enums {
            #[doc = "The enum `Size`."]
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum Size {
                #[doc = "`small`"]
                Small,
                #[doc = "`very large`"]
                VeryLarge,
            }
            impl Size {
                #[doc = "All of them, in order of declaration."]
                pub const fn all() -> &'static [Self] {
                    &[Self::Small, Self::VeryLarge, ]
                }
                #[doc = "The label."]
                pub const fn label(self) -> &'static str {
                    match self {
                        Self::Small => "small",
                        Self::VeryLarge => "very large",
                    }
                }
            }
            impl ::dbspec::typed::Typed for Size {
                fn value(&self) -> ::dbspec::value::Value {
                    ::dbspec::value::Value::Enum(::dbspec::value::Label { rank: ::std::option::Option::Some(*self as u16), text: self.label().into() })
                }
                fn of(value: &::dbspec::value::Value) -> ::std::result::Result<Self, ::dbspec::typed::Mistyped> {
                    match ::dbspec::typed::label(value)? {
                        "small" => ::std::result::Result::Ok(Self::Small),
                        "very large" => ::std::result::Result::Ok(Self::VeryLarge),
                        _ => ::std::result::Result::Err(::dbspec::typed::Mistyped::new("a label of `Size`", value)),
                    }
                }
            }
        }

        #[doc = "The model's value types, by the field that has them."]
        #[allow(dead_code, non_snake_case, non_camel_case_types, non_upper_case_globals, unreachable_pub, unused, clippy::all, clippy::pedantic, rustdoc::all)]
        pub mod types {}

        #[doc = "The key of each entity, which references hold."]
        #[allow(dead_code, non_snake_case, non_camel_case_types, non_upper_case_globals, unreachable_pub, unused, clippy::all, clippy::pedantic, rustdoc::all)]
        pub mod keys {
            #[doc = "The key of `Thing`."]
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct Thing(
                #[doc = "`id`"]
                pub i32,
            );
            impl ::dbspec::typed::Typed for Thing {
                fn value(&self) -> ::dbspec::value::Value {
                    ::dbspec::typed::Typed::value(&self.0)
                }
                fn of(value: &::dbspec::value::Value) -> ::std::result::Result<Self, ::dbspec::typed::Mistyped> {
                    ::dbspec::typed::only(value, "id").map(Self)
                }
            }
        }

        #[doc = "Rows as they come out: without secrets."]
        #[allow(dead_code, non_snake_case, non_camel_case_types, non_upper_case_globals, unreachable_pub, unused, clippy::all, clippy::pedantic, rustdoc::all)]
        pub mod rows {
            #[doc = "A row of `Thing`."]
            #[cfg_attr(not(doctest), doc = "\nWhat \"is\" sold.")]
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct Thing {
                #[doc = "`id`"]
                pub id: i32,
                #[doc = "`type`"]
                pub r#type: ::std::option::Option<::std::string::String>,
                #[doc = "`size`"]
                pub size: super::enums::Size,
            }
            impl ::dbspec::typed::Typed for Thing {
                fn value(&self) -> ::dbspec::value::Value {
                    ::dbspec::typed::members([
                        ("id", ::dbspec::typed::Typed::value(&self.id)),
                        ("type", ::dbspec::typed::Typed::value(&self.r#type)),
                        ("size", ::dbspec::typed::Typed::value(&self.size)),
                    ])
                }
                fn of(value: &::dbspec::value::Value) -> ::std::result::Result<Self, ::dbspec::typed::Mistyped> {
                    ::std::result::Result::Ok(Self {
                        id: ::dbspec::typed::member(value, "id")?,
                        r#type: ::dbspec::typed::member(value, "type")?,
                        size: ::dbspec::typed::member(value, "size")?,
                    })
                }
            }
        }

        #[doc = "Rows as they are given: what is absent gets its default."]
        #[allow(dead_code, non_snake_case, non_camel_case_types, non_upper_case_globals, unreachable_pub, unused, clippy::all, clippy::pedantic, rustdoc::all)]
        pub mod new {
            #[doc = "A row of `Thing` to be inserted."]
            #[cfg_attr(not(doctest), doc = "\nWhat \"is\" sold.")]
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct Thing {
                #[doc = "`id`"]
                pub id: i32,
                #[doc = "`type`"]
                pub r#type: ::std::option::Option<::std::string::String>,
                #[doc = "`size`"]
                pub size: ::std::option::Option<super::enums::Size>,
            }
            impl ::dbspec::typed::Typed for Thing {
                fn value(&self) -> ::dbspec::value::Value {
                    ::dbspec::typed::given([
                        ("id", ::dbspec::typed::Typed::value(&self.id)),
                        ("type", ::dbspec::typed::Typed::value(&self.r#type)),
                        ("size", ::dbspec::typed::Typed::value(&self.size)),
                    ])
                }
                fn of(value: &::dbspec::value::Value) -> ::std::result::Result<Self, ::dbspec::typed::Mistyped> {
                    ::std::result::Result::Ok(Self {
                        id: ::dbspec::typed::member(value, "id")?,
                        r#type: ::dbspec::typed::member(value, "type")?,
                        size: ::dbspec::typed::member(value, "size")?,
                    })
                }
            }
            impl Thing {
                #[doc = "A row of what must be given."]
                pub fn new(id: i32, ) -> Self {
                    Self {
                        id,
                        r#type: ::std::option::Option::None,
                        size: ::std::option::Option::None,
                    }
                }
            }
            impl ::dbspec::typed::New for Thing {
                const ENTITY: &'static str = "Thing";
                type Key = super::keys::Thing;
            }
        }

        #[doc = "The model's queries, each with its arguments."]
        #[allow(dead_code, non_snake_case, non_camel_case_types, non_upper_case_globals, unreachable_pub, unused, clippy::all, clippy::pedantic, rustdoc::all)]
        pub mod queries {
            #[doc = "`things` with its arguments."]
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct Things {
                #[doc = "`size`"]
                pub size: super::enums::Size,
            }
            impl ::dbspec::typed::Query for Things {
                const NAME: &'static str = "things";
                type Row = super::rows::Thing;
                fn args(&self) -> ::dbspec::value::Value {
                    ::dbspec::typed::given([
                        ("size", ::dbspec::typed::Typed::value(&self.size)),
                    ])
                }
            }
        }

        #[doc = "The model's writes, each with its arguments."]
        #[allow(dead_code, non_snake_case, non_camel_case_types, non_upper_case_globals, unreachable_pub, unused, clippy::all, clippy::pedantic, rustdoc::all)]
        pub mod writes {
            #[doc = "`add` with its arguments."]
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct Add {
                #[doc = "`id`"]
                pub id: i32,
            }
            impl ::dbspec::typed::Write for Add {
                const NAME: &'static str = "add";
                type Returned = AddReturned;
                fn args(&self) -> ::dbspec::value::Value {
                    ::dbspec::typed::given([
                        ("id", ::dbspec::typed::Typed::value(&self.id)),
                    ])
                }
            }

            #[doc = "What `add` returns."]
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct AddReturned {
                #[doc = "`id`"]
                pub id: i32,
            }
            impl ::dbspec::typed::Typed for AddReturned {
                fn value(&self) -> ::dbspec::value::Value {
                    ::dbspec::typed::members([
                        ("id", ::dbspec::typed::Typed::value(&self.id)),
                    ])
                }
                fn of(value: &::dbspec::value::Value) -> ::std::result::Result<Self, ::dbspec::typed::Mistyped> {
                    ::std::result::Result::Ok(Self {
                        id: ::dbspec::typed::member(value, "id")?,
                    })
                }
            }
        }

        #[doc = "What each target's own client runs."]
        #[allow(dead_code, non_snake_case, non_camel_case_types, non_upper_case_globals, unreachable_pub, unused, clippy::all, clippy::pedantic, rustdoc::all)]
        pub mod scripts {
            #[doc = "The target `main (postgres 17)`."]
            pub mod main {
                #[doc = "The engine."]
                pub const ENGINE: &str = "postgres";
                #[doc = "`schema.sql`"]
                pub const SCHEMA_SQL: &str = ::std::include_str!("m/main/schema.sql");
                #[doc = "All files by name, in the order in which they are run."]
                pub const ALL: &[(&str, &str)] = &[("schema.sql", SCHEMA_SQL)];
            }
        }
    "#]].assert_eq(&text);
}
