//! The shop of the design, read, written and built.

use dbspec_core::model::build::{
    boolean, call, date, decimal, encrypted, field, hashed, int32, int64, label, list, list_of, named, param,
    path, range_of, reference, session, string, this, timestamp, uuid, var,
};
use dbspec_core::model::{
    Access, Bounds, Check, Consistency, Derive, Determines, Direction, Entity, EnumDecl, Expr, Fan, Fetch,
    Field, For, Growth, Insert, Keep, KeepBound, MarkKind, Model, ModifierKind, Moves, NoOverlap, OnDelete,
    Operate, Param, Percent, Period, Policy, Prefer, Projection, Rate, Relation, RelationEnd, Return, Role,
    Scale, Session, Setting, SettingValue, Share, Source, Target, TimeUnit, Timespan, TypeDecl, Unique,
    Update, Verb, Volume, Write,
};
use dbspec_core::syntax;

const SHOP: &str = include_str!("../../examples/shop/schema.dbspec");

#[test]
fn the_shop_has_no_errors() {
    let parsed = syntax::parse(SHOP);
    assert_eq!(parsed.diagnostics, []);
    assert_eq!(parsed.model.items.len(), 34);
}

#[test]
fn json_keeps_the_shop() {
    let model = syntax::parse(SHOP).model;
    let json = serde_json::to_string_pretty(&model).expect("a model is JSON");
    assert_eq!(
        serde_json::from_str::<Model>(&json).expect("it reads back"),
        model
    );
}

#[test]
fn fmt_keeps_the_shop() {
    let parsed = syntax::parse(SHOP);
    let text = syntax::format(&parsed);
    let again = syntax::parse(&text);
    assert_eq!(again.diagnostics, []);
    assert_eq!(again.model, parsed.model);
    let comments = |parsed: &syntax::Parsed| {
        parsed
            .comments
            .iter()
            .map(|it| it.text.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(comments(&again), comments(&parsed));
    assert_eq!(syntax::format(&again), text);
}

#[test]
fn the_builder_makes_the_same_shop() {
    let built = shop();
    let read = syntax::parse(SHOP).model;
    assert_eq!(built.name, read.name);
    for (built, read) in built.items.iter().zip(&read.items) {
        assert_eq!(built, read);
    }
    assert_eq!(built, read);
    let text = syntax::format_model(&built);
    assert_eq!(syntax::parse(&text).model, read);
}

fn shop() -> Model {
    let model = Model::builder("shop")
        .add(Scale::new("shops", 1))
        .add(EnumDecl::new(
            "OrderStatus",
            ["draft", "placed", "paid", "shipped", "cancelled"],
        ))
        .add(EnumDecl::new("Size", ["small", "medium", "large"]).ordered())
        .add(TypeDecl::domain_where(
            "Money",
            decimal(12, 2),
            field("value").at_least(0),
        ))
        .add(TypeDecl::value(
            "Address",
            [
                Field::new("street", string(200)),
                Field::new("city", string(100)),
                Field::new("country", string(2)),
            ],
        ))
        .add(Session::new([
            Field::new("customer", reference("Customer").optional()),
            Field::new("staff", boolean()),
        ]))
        .add(customer())
        .add(order())
        .add(order_line())
        .add(product())
        .add(
            Entity::new("Warehouse")
                .add(Field::new("id", int32()).key())
                .add(Field::new("zip", string(10)))
                .add(Field::new("city", string(80)))
                .add(Determines::new(["zip"], ["city"])),
        )
        .add(
            Entity::new("Delivery")
                .mark(MarkKind::AppendOnly)
                .add(id())
                .add(Field::new("dock", reference("Warehouse")).on_delete(OnDelete::Restrict))
                .add(Field::new("during", range_of(timestamp())))
                .add(NoOverlap::new(["dock", "during"])),
        )
        .add(
            Entity::new("PaymentMethod")
                .mark(MarkKind::Abstract)
                .add(id())
                .add(Field::new("customer", reference("Customer")).on_delete(OnDelete::Cascade)),
        )
        .add(
            Entity::new("Card")
                .is("PaymentMethod")
                .add(Field::new("last4", string(4)))
                .add(Field::new("expires", date())),
        )
        .add(
            Entity::new("Iban")
                .is("PaymentMethod")
                .add(Field::new("number", encrypted(string(34)))),
        )
        .add(
            Relation::new(
                "Wishlist",
                RelationEnd::new("Customer", "wishes").fan(Fan::new().bounds(Bounds::new(0, 500)).avg(6)),
                RelationEnd::new("Product", "wished_by"),
            )
            .add(Field::new("added_at", timestamp())),
        );
    who_and_where(asked(model)).build()
}

type Builder = dbspec_core::model::build::Builder;

fn id() -> Field {
    Field::new("id", uuid()).default(call("uuid7", [])).key()
}

fn customer() -> Entity {
    Entity::new("Customer")
        .mark(MarkKind::Audit {
            by: Some(session("customer")),
        })
        .mark(MarkKind::SoftDelete)
        .add(id())
        .add(
            Field::new("email", string(254))
                .unique()
                .personal()
                .with(ModifierKind::IgnoreCase),
        )
        .add(Field::new("name", string(100)).personal().avg(14))
        .add(Field::new("password", hashed()))
        .add(
            Field::new("tax_id", encrypted(string(40)).optional())
                .personal()
                .with(ModifierKind::Lookup),
        )
        .add(Field::new("born", date().optional()).personal().nulls(30))
        .add(Field::new("size", named("Size")).default(label("small")))
        .add(Field::new("address", named("Address").optional()))
        .add(Field::new("tags", list_of(string(30))).bounds(Bounds::new(0, 20)))
        .add(Field::new("credit", named("Money")).default(0))
        .add(
            Derive::new("order_count", int64(), call("count", [field("orders")]))
                .staleness(Timespan::new(10, TimeUnit::Second)),
        )
        .add(Check::new(
            "adult",
            field("born").at_most(call("date", ["2008-01-01".into()])),
        ))
        .add(Volume::new(Expr::from(2_000_000) * field("shops")).growth(Growth::percent(5, TimeUnit::Month)))
}

fn order() -> Entity {
    let many = Fan::new().bounds(Bounds::new(0, 10_000)).avg(20).p99(400);
    let draft = || field("status").equals(label("draft"));
    Entity::new("Order")
        .mark(MarkKind::Version)
        .add(id())
        .add(
            Field::new("number", int64())
                .default(call("sequence", []))
                .unique(),
        )
        .add(
            Field::new("customer", reference("Customer"))
                .on_delete(OnDelete::Restrict)
                .inverse("orders", many),
        )
        .add(
            Field::new("payment", reference("PaymentMethod").optional())
                .on_delete(OnDelete::SetNull)
                .sharing("customer"),
        )
        .add(Field::new("status", named("OrderStatus")).default(label("draft")))
        .add(Field::new("placed_at", timestamp().optional()))
        .add(Derive::new(
            "total",
            named("Money"),
            call("sum", [field("lines"), field("quantity") * field("unit_price")]),
        ))
        .add(Check::new(
            "placed_has_time",
            field("status")
                .is_in(list([label("draft"), label("cancelled")]))
                .or(field("placed_at").is_not_null()),
        ))
        .add(Unique::new(["customer"]).named("one_draft").filter(draft()))
        .add(
            Moves::new("status")
                .allow("draft", ["placed", "cancelled"])
                .allow("placed", ["paid", "cancelled"])
                .allow("paid", ["shipped"]),
        )
        .add(Share::new(Percent::new(2), draft()))
        .add(Volume::new(Expr::from(40_000_000) * field("shops")).growth(Growth::percent(8, TimeUnit::Month)))
}

fn order_line() -> Entity {
    Entity::new("OrderLine")
        .owned_by("Order", "lines", Fan::new().bounds(Bounds::new(1, 50)).avg(3))
        .add(Field::new("line_no", int32()).key())
        .add(Field::new("product", reference("Product")).on_delete(OnDelete::Restrict))
        .add(Field::new("quantity", int32()).bounds(Bounds::new(1, 1000)))
        .add(Field::new("unit_price", named("Money")))
}

fn product() -> Entity {
    Entity::new("Product")
        .add(Field::new("id", int64()).default(call("sequence", [])).key())
        .add(Field::new("sku", string(40)).unique().matches("[A-Z]{3}-[0-9]+"))
        .add(Field::new("name", string(200)).was("title"))
        .add(Field::new("price", named("Money")))
        .add(
            Field::new("stock", int32())
                .default(0)
                .bounds(Bounds::at_least(0)),
        )
        .add(Volume::new(50_000))
}

fn asked(model: Builder) -> Builder {
    let per_second = |amount: i32| Rate::new(amount, TimeUnit::Second);
    let per_minute = |amount: i32| Rate::new(amount, TimeUnit::Minute);
    let orders_of_customer = Source::new("Order")
        .filter(field("customer").equals(param("customer")))
        .filter_when(field("placed_at").at_least(param("since")), "since");
    let unwished = Source::new("Product")
        .filter(field("sku").starts_with(param("begin")))
        .filter(field("wished_by").none());
    let day = || call("date", [field("placed_at")]);
    let sales_by_day = Source::new("Order")
        .filter(field("status").is_in(list([label("paid"), label("shipped")])))
        .filter(day().between(param("start"), param("end")));
    model
        .add(
            Access::new("orders_of_customer", orders_of_customer)
                .param("customer", reference("Customer"))
                .param("since", timestamp().optional())
                .order_by(field("placed_at"), Direction::Descending)
                .page(20)
                .fetch(Fetch::new("lines"))
                .fetch(Fetch::new("lines.product"))
                .rate(per_second(120))
                .peak(per_second(600))
                .p99(Timespan::new(10, TimeUnit::Millisecond))
                .staleness(Timespan::new(5, TimeUnit::Second)),
        )
        .add(
            Access::new(
                "order_by_number",
                Source::new("Order").filter(field("number").equals(param("number"))),
            )
            .param("number", int64())
            .rate(per_second(40))
            .consistency(Consistency::Strong),
        )
        .add(
            Access::new("unwished", unwished)
                .param("begin", string(40))
                .order_by(field("sku"), Direction::Ascending)
                .limit(100)
                .rate(per_minute(1)),
        )
        .add(
            Access::new("sales_by_day", sales_by_day)
                .param("start", date())
                .param("end", date())
                .group_by(day())
                .select(Projection::new(call("count", [])).alias("orders"))
                .select(Projection::new(call("sum", [field("total")])).alias("revenue"))
                .rate(per_minute(1))
                .full_read(),
        )
        .add(place_order())
        .add(
            Write::new("ship")
                .param(Param::new("order", reference("Order")))
                .param(Param::new("seen", int64()))
                .then(
                    Update::new("Order")
                        .filter(this().equals(param("order")))
                        .require(field("version").equals(param("seen")))
                        .set("status", label("shipped")),
                )
                .rate(per_second(4)),
        )
}

fn place_order() -> Write {
    Write::new("place_order")
        .param(Param::new("customer", reference("Customer")))
        .param(Param::new("lines", list_of(named("OrderLine"))).fan(Fan::new().bounds(Bounds::new(1, 50))))
        .then(
            Insert::new("Order")
                .alias("order")
                .value("customer", param("customer"))
                .value("status", label("placed"))
                .value("placed_at", call("now", [])),
        )
        .then(For::new(
            "line",
            param("lines"),
            [
                Insert::new("line").into_path(path(["order", "lines"])).into(),
                Update::new("Product")
                    .filter(this().equals(var("line").dot("product")))
                    .set("stock", field("stock") - var("line").dot("quantity"))
                    .into(),
            ],
        ))
        .then(Return::new([path(["order", "id"]), path(["order", "number"])]))
        .rate(Rate::new(5, TimeUnit::Second))
}

fn who_and_where(model: Builder) -> Builder {
    let minutes = SettingValue::Time(Timespan::new(5, TimeUnit::Minute));
    let hours = SettingValue::Time(Timespan::new(1, TimeUnit::Hour));
    model
        .add(
            Role::new("app")
                .may(
                    Verb::Read,
                    ["Customer", "Order", "OrderLine", "Product", "PaymentMethod"],
                )
                .may(Verb::Call, ["place_order", "ship"]),
        )
        .add(Policy::new(
            "own",
            ["Order", "PaymentMethod"],
            ["app"],
            field("customer").equals(session("customer")).or(session("staff")),
        ))
        .add(Keep::new("Order", KeepBound::AtLeast, Period::new(7, TimeUnit::Year)).from("placed_at"))
        .add(
            Keep::new("Delivery", KeepBound::AtMost, Period::new(3, TimeUnit::Year))
                .from("during.end")
                .then_delete(),
        )
        .add(Operate::new([
            Setting::new("recovery_point", minutes),
            Setting::new("recovery_time", hours),
        ]))
        .add(Target::new("postgres").named("main").version("17"))
        .add(Target::new("mysql").version("9.0"))
        .add(
            Target::new("mongodb")
                .version("8.0")
                .option(Setting::flag("replica_set")),
        )
        .add(Target::new("dynamodb"))
        .add(
            Target::new("redis")
                .version("8.0")
                .option(Setting::flag("cluster")),
        )
        .add(Target::new("neo4j").version("5.26").edition("community"))
        .add(Prefer::new("embed", "Order.lines").on("mongodb"))
}
